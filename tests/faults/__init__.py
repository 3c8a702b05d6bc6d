"""What Plenary survives: things are killed, frozen, parted and filled while a crowd acts, and an oracle holds everyone's log to the database.

`scripts/soak` runs the same tests at full size and writes their figures into docs/reliability.md.
"""
