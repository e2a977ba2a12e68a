/* Ways round a guard, by what they go through; `list.h` has them all. */
#ifndef ATTEMPTS_H
#define ATTEMPTS_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* 0 where what is kept was reached, else the errno. */
#define ATTEMPT(name) int name(void);
#include "list.h"
#undef ATTEMPT

/* The program that is kept ends so. */
enum { RAN = 77 };

/* attempts.c */
int result(long value);
int read_it(int fd); /* what was opened instead of a file that is kept */
int read_path(const char *path);

/* sockets.c: outside of the workload, for whoever connects */
_Noreturn void pass(void);

#endif
