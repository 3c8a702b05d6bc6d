/* Many WebSocket clients in one thread: opens them, counts what they are sent, and how late it comes. Loopback only.

   load PORT PATH CLIENTS [SCRIPT [SUBPROTOCOL]]

   SCRIPT holds a line for each client: what it says once it is connected, messages separated by tabs. A client is ready when it has had as many
   frames as it has said messages. When all are ready it prints a line {"ready":N,"seconds":s}. Then it obeys its standard input:
     go SECONDS   counts for so long and prints {"frames":n,"events":n,"bytes":n,"closed":n,"p50":ms,"p99":ms,"max":ms}
   and ends at its end. An event is a text that carries @<CLOCK_MONOTONIC ns>@, from which its delay is taken. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WINDOW 256       /* handshakes under way at once */
#define BUFFER (1 << 20) /* bytes read at once; a frame that straddles two reads is kept per client */
#define BUCKETS 20000    /* of 0.1 ms */

typedef struct {
  int fd, upgraded, said, heard, ready;
  char *kept;
  size_t have, room;
  char *lines; /* messages still to be said, separated by tabs */
} client;

static client *clients;
static int total, ready_count, closed_count, counting;
static uint64_t frames, events, bytes, delays[BUCKETS], slowest;
static int epoll;

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void note_ready(client *c) {
  if (!c->ready && c->heard >= c->said) {
    c->ready = 1;
    ready_count++;
  }
}

static void say(client *c, const char *text, size_t n) {
  char *frame = malloc(n + 14);
  size_t at = 0;
  frame[at++] = (char)0x81;
  if (n < 126)
    frame[at++] = (char)(0x80 | n);
  else {
    frame[at++] = (char)(0x80 | 126);
    frame[at++] = (char)(n >> 8);
    frame[at++] = (char)n;
  }
  memset(frame + at, 0, 4); /* a mask of zeros: lawful, and free */
  at += 4;
  memcpy(frame + at, text, n);
  if (write(c->fd, frame, at + n) != (ssize_t)(at + n)) die("say");
  free(frame);
}

static void say_all(client *c) {
  char *rest = c->lines, *word;
  while ((word = strsep(&rest, "\t")) != NULL)
    if (*word) {
      c->said++;
      say(c, word, strlen(word));
    }
  note_ready(c);
}

static void hear(client *c, const char *text, size_t n) {
  c->heard++;
  if (!c->ready) note_ready(c);
  if (!counting) return;
  frames++;
  const char *end = text + n, *at = text;
  uint64_t now = now_ns();
  while ((at = memchr(at, '@', end - at)) != NULL) {
    uint64_t sent = 0;
    const char *digit = at + 1;
    while (digit < end && *digit >= '0' && *digit <= '9') sent = sent * 10 + (*digit++ - '0');
    if (digit < end && *digit == '@' && digit > at + 1) {
      uint64_t delay = now > sent ? now - sent : 0;
      events++;
      delays[delay / 100000 < BUCKETS ? delay / 100000 : BUCKETS - 1]++;
      if (delay > slowest) slowest = delay;
      at = digit + 1;
    } else
      at++;
  }
}

static void gone(client *c) {
  epoll_ctl(epoll, EPOLL_CTL_DEL, c->fd, NULL);
  close(c->fd);
  c->fd = -1;
  closed_count++;
}

/* Takes whole frames from the start of what a client has; returns how many bytes they were. */
static size_t take(client *c, char *data, size_t n) {
  size_t at = 0;
  if (!c->upgraded) {
    char *end = memmem(data, n, "\r\n\r\n", 4);
    if (!end) return 0;
    if (strncmp(data, "HTTP/1.1 101", 12)) {
      fprintf(stderr, "refused: %.*s\n", (int)(n > 300 ? 300 : n), data);
      exit(1);
    }
    c->upgraded = 1;
    at = end + 4 - data;
    say_all(c);
  }
  for (;;) {
    if (n - at < 2) return at;
    unsigned char *head = (unsigned char *)data + at;
    uint64_t length = head[1] & 127;
    size_t header = 2;
    if (length == 126) {
      if (n - at < 4) return at;
      length = (uint64_t)head[2] << 8 | head[3];
      header = 4;
    } else if (length == 127) {
      if (n - at < 10) return at;
      length = 0;
      for (int i = 0; i < 8; i++) length = length << 8 | head[2 + i];
      header = 10;
    }
    if (n - at < header + length) return at;
    int op = head[0] & 15;
    if (op == 8) {
      gone(c);
      return n;
    }
    if (op == 9) { /* a ping is answered */
      char pong[6] = {(char)0x8a, (char)0x80, 0, 0, 0, 0};
      if (length == 0 && write(c->fd, pong, 6) != 6) die("pong");
      if (length > 0 && length < 126) {
        char frame[140] = {(char)0x8a, (char)(0x80 | length)};
        memcpy(frame + 6, data + at + header, length);
        if (write(c->fd, frame, 6 + length) != (ssize_t)(6 + length)) die("pong");
      }
    } else if (op < 3)
      hear(c, data + at + header, length);
    at += header + length;
  }
}

static void readable(client *c) {
  static char buffer[BUFFER];
  ssize_t n;
  size_t have = c->have;
  if (have > BUFFER / 2) die("a frame too large for this program");
  if (have) memcpy(buffer, c->kept, have);
  n = read(c->fd, buffer + have, BUFFER - have);
  if (n <= 0) {
    if (n < 0 && errno == EAGAIN) return;
    gone(c);
    return;
  }
  if (counting) bytes += n;
  size_t all = have + n, used = take(c, buffer, all), left = all - used;
  if (left > c->room) {
    c->room = left * 2;
    c->kept = realloc(c->kept, c->room);
  }
  if (left) memcpy(c->kept, buffer + used, left);
  c->have = c->fd < 0 ? 0 : left;
}

static void pump(int timeout_ms) {
  struct epoll_event happened[1024];
  int n = epoll_wait(epoll, happened, 1024, timeout_ms);
  for (int i = 0; i < n; i++) {
    client *c = &clients[happened[i].data.u32];
    if (c->fd >= 0) readable(c);
  }
}

static void connect_one(int number, int port, const char *path, const char *subprotocol) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  client *c = &clients[number];
  int one = 1;
  c->fd = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  if (c->fd < 0) die("socket");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(c->fd, (struct sockaddr *)&to, sizeof to)) die("connect");
  char request[1000];
  int n = snprintf(request, sizeof request,
                   "GET %s HTTP/1.1\r\nHost: localhost:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s%s%s\r\n",
                   path, port, subprotocol ? "Sec-WebSocket-Protocol: " : "", subprotocol ? subprotocol : "",
                   subprotocol ? "\r\n" : "");
  if (write(c->fd, request, n) != n) die("request");
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event want = {.events = EPOLLIN, .data.u32 = number};
  epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &want);
}

static double quantile(double q) {
  uint64_t want = (uint64_t)(events * q), seen = 0;
  for (int i = 0; i < BUCKETS; i++)
    if ((seen += delays[i]) > want) return (i + 1) / 10.0;
  return slowest / 1e6;
}

static void count_for(double seconds) {
  frames = events = bytes = slowest = 0;
  memset(delays, 0, sizeof delays);
  counting = 1;
  uint64_t until = now_ns() + (uint64_t)(seconds * 1e9);
  while (now_ns() < until) pump(20);
  counting = 0;
  printf("{\"frames\":%lu,\"events\":%lu,\"bytes\":%lu,\"closed\":%d,\"p50\":%.1f,\"p99\":%.1f,\"max\":%.1f}\n", frames, events,
         bytes, closed_count, quantile(0.5), quantile(0.99), slowest / 1e6);
  fflush(stdout);
}

int main(int argc, char **argv) {
  if (argc < 4) {
    fprintf(stderr, "usage: load PORT PATH CLIENTS [SCRIPT [SUBPROTOCOL]]\n");
    return 2;
  }
  int port = atoi(argv[1]);
  total = atoi(argv[3]);
  FILE *script = argc > 4 && *argv[4] ? fopen(argv[4], "r") : NULL;
  if (argc > 4 && *argv[4] && !script) die(argv[4]);
  const char *subprotocol = argc > 5 ? argv[5] : NULL;
  struct rlimit files = {total + 100, total + 100};
  setrlimit(RLIMIT_NOFILE, &files);
  clients = calloc(total, sizeof *clients);
  epoll = epoll_create1(0);
  for (int i = 0; i < total; i++) {
    char *line = NULL;
    size_t size = 0;
    if (script && getline(&line, &size, script) > 0) line[strcspn(line, "\n")] = 0;
    clients[i].lines = line ? line : strdup("");
  }
  uint64_t start = now_ns();
  for (int opened = 0; ready_count < total;) {
    if (closed_count) {
      fprintf(stderr, "%d connections were closed before they were ready\n", closed_count);
      return 1;
    }
    while (opened < total && opened - ready_count < WINDOW) connect_one(opened++, port, argv[2], subprotocol);
    pump(100);
    if (now_ns() - start > 120000000000ull) {
      fprintf(stderr, "only %d of %d were ready after two minutes\n", ready_count, total);
      return 1;
    }
  }
  printf("{\"ready\":%d,\"seconds\":%.3f}\n", total, (now_ns() - start) / 1e9);
  fflush(stdout);
  struct pollfd input[2] = {{0, POLLIN, 0}, {epoll, POLLIN, 0}};
  for (;;) { /* between measurements what comes is read and forgotten */
    poll(input, 2, 1000);
    if (input[0].revents) {
      char line[100];
      ssize_t n = read(0, line, sizeof line - 1);
      if (n <= 0) return 0;
      line[n] = 0;
      if (!strncmp(line, "go ", 3)) count_for(atof(line + 3));
    }
    pump(0);
  }
}
