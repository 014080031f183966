/* What a library may do to the process that loads it, before anybody has asked it anything. */
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void ignore(int number) { (void)number; }

static void exits(void) { exit(0); }
static void aborts(void) { abort(); }
static void hangs(void) {
  for (;;) pause();
}
static void forks(void) {
  if (fork() != 0) return;
  sleep(20);
  _exit(0);
}
static void changes_locale(void) { setlocale(LC_ALL, "C.UTF-8"); }
static void changes_folder(void) { (void)!chdir("/tmp"); }
static void takes_signal(void) { signal(SIGTERM, ignore); }
static void keeps_file(void) { (void)!open("/dev/zero", O_RDONLY); }
static void* wait_for_ever(void* nothing) {
  for (;;) pause();
  return nothing;
}
static void leaves_thread(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, wait_for_ever, NULL);
}

__attribute__((constructor)) static void on_load(void) { ON_LOAD(); }

/* Each library has one of them. */
extern void (*const aorta_test_all[])(void);
void (*const aorta_test_all[])(void) = {exits,          aborts,       hangs,      forks,        changes_locale,
                                        changes_folder, takes_signal, keeps_file, leaves_thread};
