/*
 * run ROUNDS <PLAN: runs commands as libvirt runs its hooks, in shuffled rounds, and says what each run took.
 *
 * libvirt gives a hook three pipes, and waits for the end of its output and for its exit status (virhook.c,
 * vircommand.c). So does this, in C: starting a process from Node costs as much as the shell that is to be measured.
 * It also waits for whatever a run leaves behind, off the clock, so that no run pays for another.
 *
 * PLAN has a line for each command: the input's file, then the arguments, between unit separators (0x1f).
 * What the commands say on standard error goes there. Output, a line a run: the command's number, its status, wall-clock
 * nanoseconds until libvirt would go on, microseconds of CPU of all its processes, bytes on standard output, and the most
 * kB that any of its processes had.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { COMMANDS = 64, ARGUMENTS = 64, WARM_UP = 2 };

struct command {
    char *argv[ARGUMENTS];
    char *input;
    size_t length;
};

static void must(int ok, const char *what) {
    if (!ok) {
        perror(what);
        exit(1);
    }
}

static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static long long microseconds(struct timeval t) { return t.tv_sec * 1000000LL + t.tv_usec; }

static struct command parse(char *line) {
    struct command c = {0};
    char *file = strsep(&line, "\x1f");
    for (int i = 0; line && i < ARGUMENTS - 1; i++) c.argv[i] = strsep(&line, "\x1f");
    if (*file) {
        struct stat st;
        int fd = open(file, O_RDONLY);
        must(fd >= 0 && fstat(fd, &st) == 0, file);
        c.length = st.st_size;
        c.input = malloc(c.length);
        must(read(fd, c.input, c.length) == (ssize_t)c.length, file);
        close(fd);
    }
    return c;
}

/* Whatever a run left behind, and its share: CPU and memory. */
static void reap(long long *cpu, long *memory) {
    struct rusage used;
    while (wait4(-1, NULL, 0, &used) > 0 || errno == EINTR) {
        *cpu += microseconds(used.ru_utime) + microseconds(used.ru_stime);
        if (used.ru_maxrss > *memory) *memory = used.ru_maxrss;
    }
}

static void run(int number, const struct command *c, int show) {
    int in[2], out[2], err[2];
    must(!pipe2(in, O_CLOEXEC) && !pipe2(out, O_CLOEXEC) && !pipe2(err, O_CLOEXEC), "pipe2");
    long long begun = now();
    pid_t pid = vfork();
    must(pid >= 0, "vfork");
    if (pid == 0) {
        /* As libvirt's children have it (vircommand.c, virFork); a shell cannot undo what it inherits ignored. */
        signal(SIGPIPE, SIG_DFL);
        dup2(in[0], 0);
        dup2(out[1], 1);
        dup2(err[1], 2);
        execvp(c->argv[0], c->argv);
        _exit(127);
    }
    close(in[0]), close(out[1]), close(err[1]);
    fcntl(in[1], F_SETFL, O_NONBLOCK);
    struct pollfd fds[] = {{out[0], POLLIN, 0}, {err[0], POLLIN, 0}, {in[1], POLLOUT, 0}};
    size_t sent = 0, received = 0;
    if (c->length == 0) close(in[1]), fds[2].fd = -1;
    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        static char buffer[65536];
        must(poll(fds, 3, -1) >= 0, "poll");
        for (int i = 0; i < 2; i++) {
            if (fds[i].fd < 0 || !fds[i].revents) continue;
            ssize_t n = read(fds[i].fd, buffer, sizeof buffer);
            must(n >= 0, "read");
            if (n == 0) close(fds[i].fd), fds[i].fd = -1;
            else if (i == 0) received += n;
            else fwrite(buffer, 1, n, stderr);
        }
        if (fds[2].fd >= 0 && fds[2].revents) {
            ssize_t n = write(fds[2].fd, c->input + sent, c->length - sent);
            if (n > 0) sent += n;
            if ((n < 0 && errno != EAGAIN) || sent == c->length) close(fds[2].fd), fds[2].fd = -1;
        }
    }
    if (fds[2].fd >= 0) close(fds[2].fd);
    int status;
    struct rusage used;
    must(wait4(pid, &status, 0, &used) == pid, "wait4");
    long long wall = now() - begun;
    long long cpu = microseconds(used.ru_utime) + microseconds(used.ru_stime);
    long memory = used.ru_maxrss;
    reap(&cpu, &memory);
    if (show) printf("%d %d %lld %lld %zu %ld\n", number, WIFEXITED(status) ? WEXITSTATUS(status) : -1, wall, cpu, received, memory);
}

int main(int argc, char **argv) {
    static struct command commands[COMMANDS];
    int count = 0, rounds = argc > 1 ? atoi(argv[1]) : 0;
    char *line = NULL;
    size_t size = 0;
    signal(SIGPIPE, SIG_IGN);
    /* What a hook leaves behind becomes a child of this process. */
    must(!prctl(PR_SET_CHILD_SUBREAPER, 1), "prctl");
    while (getline(&line, &size, stdin) > 0) {
        must(count < COMMANDS, "too many commands");
        line[strcspn(line, "\n")] = 0;
        commands[count++] = parse(line);
        line = NULL;
    }
    /* Each round in another order, for a command that follows a big one finds the caches cold. */
    int order[COMMANDS];
    for (int i = 0; i < count; i++) order[i] = i;
    for (int round = -WARM_UP; round < rounds; round++) {
        for (int i = count - 1; i > 0; i--) {
            int other = random() % (i + 1), swapped = order[i];
            order[i] = order[other], order[other] = swapped;
        }
        for (int i = 0; i < count; i++) run(order[i], &commands[order[i]], round >= 0);
    }
    return 0;
}
