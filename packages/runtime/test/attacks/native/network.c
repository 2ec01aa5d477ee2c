// Speaking to anybody: the host listens at every address that is tried.
#include "attack.h"
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static long reach(int family, int type, const void *address, socklen_t length) {
  int socket_ = socket(family, type, 0);
  if (socket_ < 0) return -errno;
  long outcome = result(connect(socket_, address, length));
  if (!outcome) outcome = result(send(socket_, "attack", 6, MSG_NOSIGNAL));
  close(socket_);
  return outcome;
}
static struct sockaddr_in local(long port) {
  return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}
static long connect_tcp(const struct bait *bait) {
  struct sockaddr_in address = local(bait->tcp);
  return reach(AF_INET, SOCK_STREAM, &address, sizeof address);
}
static long connect_tcp6(const struct bait *bait) {
  struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)bait->tcp6), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  return reach(AF_INET6, SOCK_STREAM, &address, sizeof address);
}
static long send_udp(const struct bait *bait) {
  struct sockaddr_in address = local(bait->udp);
  return reach(AF_INET, SOCK_DGRAM, &address, sizeof address);
}
// Data in the first packet: TCP without connect(2), which older filters forget (and Landlock before ABI 4 knows nothing of).
static long connect_by_fast_open(const struct bait *bait) {
  struct sockaddr_in address = local(bait->tcp);
  int socket_ = socket(AF_INET, SOCK_STREAM, 0);
  long outcome = socket_ < 0 ? -errno : result(sendto(socket_, "attack", 6, MSG_FASTOPEN | MSG_NOSIGNAL, (void *)&address, sizeof address));
  close(socket_);
  return outcome;
}
static socklen_t named(struct sockaddr_un *address, const char *name, int is_abstract) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  strncpy(address->sun_path + is_abstract, name, sizeof address->sun_path - 2);
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)is_abstract + strlen(name) + (is_abstract ? 0 : 1));
}
static long connect_unix(const struct bait *bait) {
  struct sockaddr_un address;
  socklen_t length = named(&address, in(bait, "socket"), 0);
  return reach(AF_UNIX, SOCK_STREAM, &address, length);
}
// Some libraries name a socket by all bytes of the address, the zeros at its end among them.
static long connect_abstract(const struct bait *bait) {
  struct sockaddr_un address;
  socklen_t length = named(&address, bait->abstract, 1);
  long outcome = reach(AF_UNIX, SOCK_STREAM, &address, length);
  return outcome == -ECONNREFUSED ? reach(AF_UNIX, SOCK_STREAM, &address, sizeof address) : outcome;
}
static long listen_tcp(const struct bait *bait) {
  (void)bait;
  struct sockaddr_in address = local(0);
  int socket_ = socket(AF_INET, SOCK_STREAM, 0);
  long outcome = socket_ < 0 || bind(socket_, (void *)&address, sizeof address) ? -errno : result(listen(socket_, 1));
  close(socket_);
  return outcome;
}
static long bind_unix(const struct bait *bait) {
  struct sockaddr_un address;
  socklen_t length = named(&address, in(bait, "bound"), 0);
  int socket_ = socket(AF_UNIX, SOCK_STREAM, 0);
  long outcome = socket_ < 0 ? -errno : result(bind(socket_, (void *)&address, length));
  close(socket_);
  return outcome;
}
static long make(int family, int type, int protocol) {
  int socket_ = socket(family, type, protocol);
  long outcome = result(socket_);
  close(socket_);
  return outcome;
}
static long make_netlink(const struct bait *bait) { (void)bait; return make(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE); }
static long make_packet(const struct bait *bait) { (void)bait; return make(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)); }
static long make_raw(const struct bait *bait) { (void)bait; return make(AF_INET, SOCK_RAW, IPPROTO_ICMP); }
static long make_cipher(const struct bait *bait) { (void)bait; return make(AF_ALG, SOCK_SEQPACKET, 0); }
static long make_vsock(const struct bait *bait) { (void)bait; return make(AF_VSOCK, SOCK_STREAM, 0); }
static long make_bluetooth(const struct bait *bait) { (void)bait; return make(31, SOCK_RAW, 1); }
static long make_pair(const struct bait *bait) {
  (void)bait;
  int ends[2];
  long outcome = result(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  if (!outcome) { close(ends[0]); close(ends[1]); }
  return outcome;
}
// Whatever socket was inherited, turned to another peer.
static long turn_inherited_socket(const struct bait *bait) {
  struct sockaddr_in address = local(bait->udp);
  long outcome = -EBADF;
  for (int open = 0; open < 256; open++) {
    struct stat status;
    if (fstat(open, &status) || !S_ISSOCK(status.st_mode)) continue;
    if (!connect(open, (void *)&address, sizeof address)) return open;
    outcome = -errno;
    if (sendto(open, "attack", 6, MSG_NOSIGNAL, (void *)&address, sizeof address) > 0 && !errno) return open;
  }
  return outcome;
}
// A descriptor of the worker's, or one of the host's, over the sockets between them.
static long pass_descriptor(const struct bait *bait) {
  (void)bait;
  char space[CMSG_SPACE(sizeof(int))] = {0}, byte = 'x';
  struct iovec data = {&byte, 1};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  *head = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  return result(sendmsg(2, &message, MSG_NOSIGNAL));
}
static long take_descriptor_by_socket(const struct bait *bait) {
  (void)bait;
  char space[CMSG_SPACE(sizeof(int))], byte;
  struct iovec data = {&byte, 1};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
  long outcome = result(recvmsg(0, &message, MSG_DONTWAIT | MSG_PEEK));
  return outcome == -EAGAIN ? 0 : outcome;
}

#define ENTRY(name) {#name, name}
const struct entry network_attacks[] = {
    ENTRY(connect_tcp), ENTRY(connect_tcp6), ENTRY(send_udp), ENTRY(connect_by_fast_open), ENTRY(connect_unix),
    ENTRY(connect_abstract), ENTRY(listen_tcp), ENTRY(bind_unix), ENTRY(make_netlink), ENTRY(make_packet), ENTRY(make_raw),
    ENTRY(make_cipher), ENTRY(make_vsock), ENTRY(make_bluetooth), ENTRY(make_pair), ENTRY(turn_inherited_socket),
    ENTRY(pass_descriptor), ENTRY(take_descriptor_by_socket), {NULL, NULL}};
