// Reading and changing files of the host, by every way to name one.
#include "attack.h"
#include <dirent.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#define READS(name, path) \
  static long name(const struct bait *bait) { (void)bait; return say(open(path, O_RDONLY)); }
READS(read_secret, in(bait, "secret"))
READS(read_home, in(bait, "home/secret"))
READS(read_passwd, "/etc/passwd")
READS(read_shadow, "/etc/shadow")
READS(read_machine_id, "/etc/machine-id")
READS(read_host_activity, "/proc/stat")
READS(read_own_environment, "/proc/self/environ")
READS(read_first_environment, "/proc/1/environ")

static const char *of(long process, const char *name) {
  static char path[128];
  snprintf(path, sizeof path, "/proc/%ld/%s", process, name);
  return path;
}
READS(read_host_environment, of(bait->host, "environ"))
READS(read_host_command, of(bait->host, "cmdline"))
READS(read_victim_maps, of(bait->victim, "maps"))

static long through(const char *root, const struct bait *bait) {
  char path[512];
  snprintf(path, sizeof path, "%s%s", root, in(bait, "secret"));
  return say(open(path, O_RDONLY));
}
static long read_by_own_root(const struct bait *bait) { return through("/proc/self/root", bait); }
static long read_by_first_root(const struct bait *bait) { return through("/proc/1/root", bait); }
static long read_by_host_root(const struct bait *bait) { return through(of(bait->host, "root"), bait); }
static long read_by_working_directory(const struct bait *bait) { return through("/proc/self/cwd/../../../../../../../..", bait); }
static long read_by_dots(const struct bait *bait) { return through("../../../../../../../../../..", bait); }

static long read_by_openat2(const struct bait *bait) {
  uint64_t how[3] = {O_RDONLY, 0, 0};
  return say((int)syscall(SYS_openat2, AT_FDCWD, in(bait, "secret"), how, sizeof how));
}

// Through whatever directory is open: upwards, and down again.
static long read_by_inherited_directory(const struct bait *bait) {
  long outcome = -EBADF;
  for (int open = 0; open < 256; open++) {
    char path[512];
    snprintf(path, sizeof path, "../../../../../../../../../..%s", in(bait, "secret"));
    int file = openat(open, path, O_RDONLY);
    if (file >= 0) return say(file);
    if (errno != EBADF && errno != ENOTDIR) outcome = -errno;
  }
  return outcome;
}
static long change_to_inherited_directory(const struct bait *bait) {
  (void)bait;
  for (int open = 3; open < 256; open++)
    if (!fchdir(open)) return open;
  return -errno;
}
// Every open descriptor once more, for writing: what was handed over for reading must not become writable.
static long reopen_for_writing(const struct bait *bait) {
  (void)bait;
  char path[64];
  long outcome = -EBADF;
  for (int open_one = 3; open_one < 256; open_one++) {
    struct stat status;
    if (fstat(open_one, &status) || !S_ISREG(status.st_mode) || !status.st_size) continue;
    snprintf(path, sizeof path, "/proc/self/fd/%d", open_one);
    int file = open(path, O_RDWR);
    if (file < 0) { outcome = -errno; continue; }
    snprintf(said, sizeof said, "descriptor %d", open_one);
    close(file);
    return 0;
  }
  return outcome;
}
// The mailbox of inputs is the host's to write.
static long write_inherited_input(const struct bait *bait) { (void)bait; return result(pwrite(4, "x", 1, 0)); }

struct handle { struct file_handle head; unsigned char bytes[128]; };
static long read_by_handle(const struct bait *bait) {
  struct handle handle = {.head.handle_bytes = 128};
  int mount;
  if (name_to_handle_at(AT_FDCWD, in(bait, "secret"), &handle.head, &mount, 0)) return -errno;
  int directory = open(bait->directory, O_RDONLY | O_DIRECTORY);
  int file = open_by_handle_at(directory, &handle.head, O_RDONLY);
  long outcome = say(file);
  close(directory);
  return outcome;
}
static long name_a_handle(const struct bait *bait) {
  struct handle handle = {.head.handle_bytes = 128};
  int mount;
  return result(name_to_handle_at(AT_FDCWD, in(bait, "secret"), &handle.head, &mount, 0));
}

static long put(int file) {
  if (file < 0) return -errno;
  long outcome = result(write(file, "attack", 6));
  close(file);
  return outcome;
}
static long create_file(const struct bait *bait) { return put(open(in(bait, "created"), O_CREAT | O_WRONLY, 0666)); }
static long create_by_creat(const struct bait *bait) { return put((int)syscall(SYS_openat, AT_FDCWD, in(bait, "creat"), O_CREAT | O_TRUNC | O_WRONLY, 0666)); }
static long create_in_shared_memory(const struct bait *bait) {
  char path[512];
  snprintf(path, sizeof path, "/dev/shm/%s", strrchr(bait->directory, '/') + 1);
  return put(open(path, O_CREAT | O_WRONLY, 0666));
}
static long create_without_name(const struct bait *bait) {
  int file = open(bait->directory, O_TMPFILE | O_RDWR, 0600);
  if (file < 0) return -errno;
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  long outcome = result(linkat(AT_FDCWD, path, AT_FDCWD, in(bait, "linked"), AT_SYMLINK_FOLLOW));
  close(file);
  return outcome;
}
static long write_file(const struct bait *bait) { return put(open(in(bait, "secret"), O_WRONLY)); }
static long append_file(const struct bait *bait) { return put(open(in(bait, "secret"), O_WRONLY | O_APPEND)); }
static long empty_file(const struct bait *bait) { return result(open(in(bait, "secret"), O_RDONLY | O_TRUNC)); }
static long truncate_file(const struct bait *bait) { return result(truncate(in(bait, "secret"), 1)); }
static long make_directory(const struct bait *bait) { return result(mkdir(in(bait, "made"), 0777)); }
static long link_file(const struct bait *bait) {
  char from[512];
  strcpy(from, in(bait, "secret"));
  return result(link(from, in(bait, "link")));
}
static long symlink_file(const struct bait *bait) { return result(symlink("/etc/passwd", in(bait, "symlink"))); }
static long rename_file(const struct bait *bait) {
  char from[512];
  strcpy(from, in(bait, "secret"));
  return result(rename(from, in(bait, "renamed")));
}
static long unlink_file(const struct bait *bait) { return result(unlink(in(bait, "secret"))); }
static long chmod_file(const struct bait *bait) { return result(chmod(in(bait, "home/secret"), 0777)); }
static long chown_file(const struct bait *bait) { return result(chown(in(bait, "home/secret"), (uid_t)-1, getgid())); }
static long touch_file(const struct bait *bait) {
  struct timespec times[2] = {{1, 0}, {1, 0}};
  return result(utimensat(AT_FDCWD, in(bait, "home/secret"), times, 0));
}
static long attribute_file(const struct bait *bait) { return result(setxattr(in(bait, "secret"), "user.attack", "x", 1, 0)); }
static long make_fifo(const struct bait *bait) { return result(mkfifo(in(bait, "fifo"), 0666)); }
static long make_device(const struct bait *bait) { return result(mknod(in(bait, "device"), S_IFCHR | 0666, (1 << 8) | 3)); }
static long list_directory(const struct bait *bait) {
  DIR *directory = opendir(bait->directory);
  if (!directory) return -errno;
  for (struct dirent *entry; (entry = readdir(directory));) {
    strncat(said, entry->d_name, sizeof said - strlen(said) - 2);
    strcat(said, " ");
  }
  closedir(directory);
  return 0;
}
static long watch_files(const struct bait *bait) {
  int watch = inotify_init();
  long outcome = watch < 0 ? -errno : result(inotify_add_watch(watch, bait->directory, IN_ALL_EVENTS));
  close(watch);
  return outcome;
}
static long watch_all_files(const struct bait *bait) { (void)bait; return result(syscall(SYS_fanotify_init, 0, 0)); }

#define OPENS(name, path, flags) \
  static long name(const struct bait *bait) { (void)bait; int file = open(path, flags); long outcome = result(file); close(file); return outcome; }
OPENS(open_memory_device, "/dev/mem", O_RDONLY)
OPENS(open_kernel_log, "/dev/kmsg", O_RDONLY)
OPENS(open_terminal, "/dev/tty", O_RDWR)
OPENS(open_fuse, "/dev/fuse", O_RDWR)
OPENS(open_kvm, "/dev/kvm", O_RDWR)
OPENS(open_disk, "/dev/vda", O_RDONLY)
OPENS(open_kernel_settings, "/proc/sys/kernel/core_pattern", O_WRONLY)
OPENS(open_trigger, "/proc/sysrq-trigger", O_WRONLY)
OPENS(open_own_memory, "/proc/self/mem", O_RDWR)
OPENS(open_score, "/proc/self/oom_score_adj", O_WRONLY)
OPENS(open_map, "/proc/self/uid_map", O_WRONLY)
OPENS(list_devices, "/sys/devices", O_RDONLY | O_DIRECTORY)
OPENS(open_controls, "/sys/fs/cgroup", O_RDONLY | O_DIRECTORY)

#define ENTRY(name) {#name, name}
const struct entry file_attacks[] = {
    ENTRY(read_secret), ENTRY(read_home), ENTRY(read_passwd), ENTRY(read_shadow), ENTRY(read_machine_id), ENTRY(read_host_activity),
    ENTRY(read_own_environment), ENTRY(read_first_environment), ENTRY(read_host_environment), ENTRY(read_host_command),
    ENTRY(read_victim_maps), ENTRY(read_by_own_root), ENTRY(read_by_first_root), ENTRY(read_by_host_root),
    ENTRY(read_by_working_directory), ENTRY(read_by_dots), ENTRY(read_by_openat2), ENTRY(read_by_inherited_directory),
    ENTRY(change_to_inherited_directory), ENTRY(reopen_for_writing), ENTRY(write_inherited_input), ENTRY(read_by_handle),
    ENTRY(name_a_handle), ENTRY(create_file), ENTRY(create_by_creat), ENTRY(create_in_shared_memory),
    ENTRY(create_without_name), ENTRY(write_file), ENTRY(append_file), ENTRY(empty_file), ENTRY(truncate_file),
    ENTRY(make_directory), ENTRY(link_file), ENTRY(symlink_file), ENTRY(rename_file), ENTRY(unlink_file),
    ENTRY(chmod_file), ENTRY(chown_file), ENTRY(touch_file), ENTRY(attribute_file), ENTRY(make_fifo), ENTRY(make_device),
    ENTRY(list_directory), ENTRY(watch_files), ENTRY(watch_all_files), ENTRY(open_memory_device), ENTRY(open_kernel_log),
    ENTRY(open_terminal), ENTRY(open_fuse), ENTRY(open_kvm), ENTRY(open_disk), ENTRY(open_kernel_settings),
    ENTRY(open_trigger), ENTRY(open_own_memory), ENTRY(open_score), ENTRY(open_map), ENTRY(list_devices),
    ENTRY(open_controls), {NULL, NULL}};
