/* The physical limit: one thread, epoll, and send(2) of one ready frame to everybody. It reads nothing but handshakes and knows no rooms or rights.

   limit PORT RATE SIZE     sends RATE texts of SIZE bytes a second, from SIGUSR1 on, each with @<CLOCK_MONOTONIC ns>@ in it */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t started;
static void start(int signal) { started = signal; }

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int rate = atoi(argv[2]), size = atoi(argv[3]), one = 1, count = 0;
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  signal(SIGUSR1, start);
  int *members = malloc(sizeof(int) * files.rlim_cur);
  int listening = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP), epoll = epoll_create1(0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listening, (struct sockaddr *)&at, sizeof at) || listen(listening, 4096)) return 1;
  struct epoll_event want = {.events = EPOLLIN, .data.fd = listening}, happened[256];
  epoll_ctl(epoll, EPOLL_CTL_ADD, listening, &want);
  char *frame = malloc(size + 10), buffer[4096];
  size_t header = size < 126 ? 2 : 4;
  frame[0] = (char)0x81;
  frame[1] = (char)(size < 126 ? size : 126);
  if (size >= 126) frame[2] = (char)(size >> 8), frame[3] = (char)size;
  memset(frame + header, 'x', size);
  const char *yes = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
  uint64_t next = 0;
  for (;;) {
    uint64_t now = now_ns();
    int wait = 100;
    if (started) {
      if (!next) next = now;
      if (now >= next) {
        next += 1000000000ull / rate;
        char stamp[24];
        int n = snprintf(stamp, sizeof stamp, "@%lu@", now);
        memcpy(frame + header, stamp, n);
        for (int i = 0; i < count; i++)
          if (send(members[i], frame, header + size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno != EAGAIN) {
            close(members[i]);
            members[i--] = members[--count];
          }
      }
      now = now_ns();
      wait = next > now ? (int)((next - now) / 1000000) : 0;
    }
    int n = epoll_wait(epoll, happened, 256, wait);
    for (int i = 0; i < n; i++) {
      int fd = happened[i].data.fd;
      if (fd == listening) {
        int member = accept(listening, NULL, NULL);
        setsockopt(member, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        want.data.fd = member;
        epoll_ctl(epoll, EPOLL_CTL_ADD, member, &want);
        continue;
      }
      ssize_t got = read(fd, buffer, sizeof buffer);
      if (got > 3 && !memcmp(buffer, "GET", 3)) {
        if (write(fd, yes, strlen(yes)) > 0) members[count++] = fd;
      } else if (got <= 0)
        epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL);
    }
  }
}
