/*
 * A slow line for the bench, where the kernel has no `tc netem`: two TUN devices, one in the network namespace this is
 * started in (the servers' side), one in a new namespace of its own (the client's side, which others join through
 * /proc/PID/ns/net). Whole IP packets are carried between them, each way with a delay, a rate and a queue that drops
 * what does not fit. So TCP itself is the kernel's own, with everything that a relay would hide.
 *
 *   line CLIENT-ADDRESS SERVER-ADDRESS ONE-WAY-DELAY-MS BITS-PER-SECOND QUEUE-BYTES      (0 bits: no limit)
 *
 * Prints READY. Every line on standard input is answered with what was carried since the last one:
 *   {"up":BYTES,"down":BYTES,"dropped":PACKETS,"firstNs":MONOTONIC-TIME-OF-THE-FIRST-PACKET-UP}
 * Ends with its standard input.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
/* Packets that may be under way in one direction. */
#define SLOTS 65536

typedef long long i64;

struct packet {
  i64 due;
  int length;
  unsigned char bytes[];
};

struct direction {
  int from, to;
  struct packet *slots[SLOTS];
  unsigned head, tail;
  i64 busy_until;
  i64 bytes, dropped, first;
};

static struct direction up, down;
static i64 delay, rate, queue_limit;

static i64 now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * SECOND + t.tv_nsec;
}

static void must(int result, const char *what) {
  if (result >= 0) return;
  fprintf(stderr, "line: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void set_up(const char *name, const char *address) {
  struct ifreq request = {0};
  struct sockaddr_in *in = (struct sockaddr_in *)&request.ifr_addr;
  int control = socket(AF_INET, SOCK_DGRAM, 0);
  must(control, "socket");
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  if (address != NULL) {
    in->sin_family = AF_INET;
    inet_aton(address, &in->sin_addr);
    must(ioctl(control, SIOCSIFADDR, &request), "address");
    inet_aton("255.255.255.252", &in->sin_addr);
    must(ioctl(control, SIOCSIFNETMASK, &request), "netmask");
  }
  must(ioctl(control, SIOCGIFFLAGS, &request), "flags");
  request.ifr_flags |= IFF_UP | IFF_RUNNING;
  must(ioctl(control, SIOCSIFFLAGS, &request), "up");
  close(control);
}

/* By netlink, since the ioctl for it is for the root of the whole computer only. */
static void lengthen_queue(const char *name) {
  char command[64];
  snprintf(command, sizeof command, "ip link set dev %.15s txqueuelen 2000", name);
  if (system(command) == 0) return;
  fprintf(stderr, "line: %s failed\n", command);
  exit(1);
}

static int open_tun(const char *name, const char *address) {
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  must(tun, "/dev/net/tun");
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  must(ioctl(tun, TUNSETIFF, &request), "TUN device");
  lengthen_queue(name);
  set_up(name, address);
  return tun;
}

/* Takes what came in; each packet leaves when those before it are through and its delay is over. */
static void take(struct direction *d) {
  static unsigned char bytes[65536];
  for (;;) {
    ssize_t length = read(d->from, bytes, sizeof bytes);
    if (length <= 0) return;
    if (bytes[0] >> 4 != 4) continue; /* IPv6 talks to its neighbours by itself. */
    i64 t = now();
    if (d->first == 0) d->first = t;
    if (d->busy_until < t) d->busy_until = t;
    i64 queued = rate ? (d->busy_until - t) * rate / 8 / SECOND : 0;
    unsigned next = (d->tail + 1) % SLOTS;
    if ((rate && queued + length > queue_limit) || next == d->head) {
      d->dropped++;
      continue;
    }
    if (rate) d->busy_until += length * 8 * SECOND / rate;
    struct packet *p = malloc(sizeof *p + length);
    if (p == NULL) exit(1);
    p->due = d->busy_until + delay;
    p->length = length;
    memcpy(p->bytes, bytes, length);
    d->slots[d->tail] = p;
    d->tail = next;
    d->bytes += length;
  }
}

/* Lets out what is due; returns when the next one is, 0 for never. */
static i64 let_out(struct direction *d) {
  i64 t = now();
  while (d->head != d->tail) {
    struct packet *p = d->slots[d->head];
    if (p->due > t) return p->due;
    if (write(d->to, p->bytes, p->length) < 0 && errno == EAGAIN) return t + 100000;
    free(p);
    d->head = (d->head + 1) % SLOTS;
  }
  return 0;
}

static void report(void) {
  printf("{\"up\":%lld,\"down\":%lld,\"dropped\":%lld,\"firstNs\":%lld}\n", up.bytes, down.bytes,
         up.dropped + down.dropped, up.first);
  fflush(stdout);
  struct direction *both[] = {&up, &down};
  for (int i = 0; i < 2; i++) both[i]->bytes = both[i]->dropped = both[i]->first = 0;
}

static void watch(int poll, int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  must(epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event), "epoll");
}

int main(int count, char **arguments) {
  if (count != 6) return 2;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  delay = (i64)(atof(arguments[3]) * 1e6);
  rate = atoll(arguments[4]);
  queue_limit = atoll(arguments[5]);
  int server = open_tun("line0", arguments[2]);
  must(unshare(CLONE_NEWNET), "a network namespace (this needs root)");
  set_up("lo", NULL);
  int client = open_tun("line0", arguments[1]);
  up.from = down.to = client;
  up.to = down.from = server;
  int poll = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  watch(poll, 0);
  watch(poll, timer);
  watch(poll, client);
  watch(poll, server);
  printf("READY\n");
  fflush(stdout);
  for (;;) {
    struct epoll_event events[8];
    int n = epoll_wait(poll, events, 8, -1);
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      char scratch[64];
      if (fd == 0) {
        if (read(0, scratch, sizeof scratch) <= 0) return 0;
        report();
      } else if (fd == timer) {
        if (read(timer, scratch, 8) < 0) continue;
      } else {
        take(fd == client ? &up : &down);
      }
    }
    i64 a = let_out(&up), b = let_out(&down), next = a && (!b || a < b) ? a : b;
    struct itimerspec when = {.it_value = {next / SECOND, next % SECOND}};
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
  }
}
