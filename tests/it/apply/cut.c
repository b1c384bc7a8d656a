/* Preloaded into the real binary: counts what it does to the disk, and at step CUT_AT ends it with SIGKILL, or lets the
   step fail where CUT_HOW is "fail". Knows nothing of the program. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_int count;

static int cut(void) {
  const char *at = getenv("CUT_AT");
  const char *how = getenv("CUT_HOW");
  if (at == NULL || atomic_fetch_add(&count, 1) + 1 != atoi(at))
    return 0;
  if (how != NULL && strcmp(how, "fail") == 0) {
    ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    real(2, "[cut]\n", 6);
    errno = EIO;
    return 1;
  }
  kill(getpid(), SIGKILL);
  for (;;)
    pause();
}

#define STEP(result, name, parameters, ...)                                    \
  result name parameters {                                                     \
    if (cut())                                                                 \
      return -1;                                                               \
    result(*real) parameters = dlsym(RTLD_NEXT, #name);                        \
    return real(__VA_ARGS__);                                                  \
  }

STEP(int, rename, (const char *from, const char *to), from, to)
STEP(int, unlink, (const char *path), path)
STEP(int, mkdir, (const char *path, mode_t mode), path, mode)
STEP(int, rmdir, (const char *path), path)
STEP(int, fchmod, (int file, mode_t mode), file, mode)
STEP(int, fsync, (int file), file)

ssize_t write(int file, const void *bytes, size_t length) {
  if (file > 2 && cut())
    return -1;
  ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
  return real(file, bytes, length);
}

#define OPEN(name)                                                             \
  int name(const char *path, int flags, ...) {                                 \
    va_list rest;                                                              \
    va_start(rest, flags);                                                     \
    mode_t mode = va_arg(rest, mode_t);                                        \
    va_end(rest);                                                              \
    if ((flags & O_CREAT) && cut())                                            \
      return -1;                                                               \
    int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, #name);             \
    return real(path, flags, mode);                                            \
  }

OPEN(open)
OPEN(open64)
