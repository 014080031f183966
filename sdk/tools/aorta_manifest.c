/* aorta-manifest LIBRARY OUTPUT: writes the manifest of a plugin library into a file beside it. Run after linking. */
#include <dlfcn.h>
#include <stdio.h>

#include "aorta/abi.h"

static int fail(const char* library, const char* what) {
  fprintf(stderr, "aorta-manifest: %s: %s\n", library, what);
  return 1;
}

static int write_manifest(const aorta_module* module, const char* output) {
  aorta_str text = module->manifest();
  FILE* file = fopen(output, "wb");
  if (!file) return fail(output, "cannot be opened for writing");
  size_t written = fwrite(text.data, 1, (size_t)text.size, file);
  if (fclose(file) != 0 || written != text.size) return fail(output, "cannot be written");
  return 0;
}

int main(int argc, char** argv) {
  if (argc != 3) {
    fputs("usage: aorta-manifest LIBRARY OUTPUT\n", stderr);
    return 2;
  }
  void* library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (!library) return fail(argv[1], dlerror());
  const aorta_module* module = dlsym(library, AORTA_MODULE_SYMBOL);
  if (!module) return fail(argv[1], "exports no " AORTA_MODULE_SYMBOL "; end one source file with AORTA_PLUGIN(Type)");
  if (module->abi_major != AORTA_ABI_MAJOR) return fail(argv[1], "is built for another major version of the ABI");
  return write_manifest(module, argv[2]);
}
