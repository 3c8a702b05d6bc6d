"""The people of the demonstration who get a link to sign in."""

from server.demo import recruitment

ROLES = {
    "moderator": ("Wei Lan 魏岚", "moderator@demo.example"),
    "speaker": ("Lin Yuehua 林月华", "speaker@demo.example"),
    "attendee": ("Sofia Andersson", "attendee@demo.example"),
    "organiser": ("Karim Benali", "organiser@demo.example"),
    "exhibitor": ("Chen Meilin 陈美琳", "exhibitor@demo.example"),
    "colleague": ("Tomás Herrera", "colleague@demo.example"),
    "recruiter": (recruitment.NAMES[recruitment.RECRUITER], recruitment.RECRUITER),
    "candidate": (recruitment.NAMES[recruitment.SEEKER], recruitment.SEEKER),
}
"""Name and address by role. The colleague is a second moderator and works at the exhibitor's booth. The recruiter works for an employer to whom the
candidate has applied."""
