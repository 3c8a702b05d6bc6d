/* One buffer to many sockets, without Python's lock. Optional: rooms/core/delivery/fanout.py does the same in Python.

   sweep(fds, n, data, length, places, sent): tries send(2) on each of the n descriptors; a negative one is passed over. Returns how many did not take
   all of it; for each of those, places[] has its index and sent[] the bytes taken, or -1 when the connection is broken. */
#include <errno.h>
#include <sys/socket.h>

#ifndef MSG_NOSIGNAL /* macOS has SO_NOSIGPIPE instead, which asyncio need not set: Python ignores SIGPIPE */
#define MSG_NOSIGNAL 0
#endif

int sweep(const int *fds, int n, const char *data, long length, int *places, long *sent) {
  int behind = 0;
  for (int i = 0; i < n; i++) {
    if (fds[i] < 0) continue;
    long taken;
    do
      taken = send(fds[i], data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (taken < 0 && errno == EINTR);
    if (taken == length) continue;
    if (taken < 0) taken = errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? 0 : -1;
    places[behind] = i;
    sent[behind++] = taken;
  }
  return behind;
}
