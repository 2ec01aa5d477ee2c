// The addon: attack(name, bait) makes one attack, call(number, arguments) one system call, as a model that took its process
// over would. The few functions of Node-API that it takes are declared here, so that no headers are needed.
#include "attack.h"
#include <sys/mman.h>

typedef void *env, *value, *info;
typedef value (*callback)(env, info);
extern int napi_create_function(env, const char *, size_t, callback, void *, value *);
extern int napi_set_named_property(env, value, const char *, value);
extern int napi_get_cb_info(env, info, size_t *, value *, value *, void **);
extern int napi_get_value_string_utf8(env, value, char *, size_t, size_t *);
extern int napi_create_string_utf8(env, const char *, size_t, value *);

char said[8192];

long say(int file) {
  if (file < 0) return -errno;
  ssize_t length = read(file, said, sizeof said - 1);
  long outcome = result(length);
  if (length > 0) said[length] = 0;
  close(file);
  return outcome;
}

static const struct entry *const groups[] = {file_attacks, process_attacks, network_attacks, kernel_attacks, resource_attacks};

static void texts(env env, info info, char (*into)[1024]) {
  value values[2];
  size_t count = 2;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  for (size_t index = 0; index < count; index++) napi_get_value_string_utf8(env, values[index], into[index], 1024, NULL);
}

static value answer(env env, long outcome) {
  static char line[sizeof said + 32];
  value text;
  snprintf(line, sizeof line, "%ld %s", outcome, said);
  // What was got may be any bytes: beyond ASCII it says nothing to the host.
  for (char *at = line; *at; at++) if ((unsigned char)*at > 126 || ((unsigned char)*at < 32 && *at != '\n')) *at = '.';
  napi_create_string_utf8(env, line, strlen(line), &text);
  return text;
}

static value attack(env env, info info) {
  char words[2][1024] = {"", ""};
  static struct bait bait;
  texts(env, info, words);
  said[0] = 0;
  sscanf(words[1], "%255s %127s %ld %ld %ld %ld %ld %ld %ld %ld %ld", bait.directory, bait.abstract, &bait.tcp, &bait.tcp6,
         &bait.udp, &bait.host, &bait.victim, &bait.address, &bait.descriptor, &bait.segment, &bait.amount);
  for (size_t group = 0; group < sizeof groups / sizeof *groups; group++)
    for (const struct entry *entry = groups[group]; entry->name; entry++)
      if (!strcmp(entry->name, words[0])) {
        errno = 0;
        return answer(env, entry->run(&bait));
      }
  snprintf(said, sizeof said, "no such attack");
  return answer(env, -ENOENT);
}

// All names, a line each.
static value names(env env, info info) {
  (void)info;
  said[0] = 0;
  for (size_t group = 0; group < sizeof groups / sizeof *groups; group++)
    for (const struct entry *entry = groups[group]; entry->name; entry++) {
      strcat(said, entry->name);
      strcat(said, "\n");
    }
  return answer(env, 0);
}

// Arguments are numbers, `self`, `memory` (a page of zeros) or a path.
static value call(env env, info info) {
  char words[2][1024] = {"", ""};
  long arguments[6] = {0};
  int count = 0;
  static void *memory;
  texts(env, info, words);
  said[0] = 0;
  if (!memory) memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(memory, 0, 4096);
  for (char *word = strtok(words[1], " "); word && count < 6; word = strtok(NULL, " "))
    arguments[count++] = !strcmp(word, "self")     ? (long)getpid()
                         : !strcmp(word, "memory") ? (long)memory
                         : *word == '/'            ? (long)word
                                                   : (long)strtoull(word, NULL, 10);
  errno = 0;
  return answer(env, result(syscall(atol(words[0]), arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5])));
}

value napi_register_module_v1(env env, value exports) {
  const struct { const char *name; callback run; } functions[] = {{"attack", attack}, {"call", call}, {"names", names}};
  for (size_t index = 0; index < 3; index++) {
    value function;
    napi_create_function(env, functions[index].name, strlen(functions[index].name), functions[index].run, NULL, &function);
    napi_set_named_property(env, exports, functions[index].name, function);
  }
  return exports;
}
