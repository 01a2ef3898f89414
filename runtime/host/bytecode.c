/*
 * bytecode INPUT SYMBOL [lines]: compile a script, print it as a C array.
 *
 * Theory of operation. A tool of the build, not a part of nitro: it has the engine's parser, which nitro does not. Names of
 * functions are kept, since they are what a stack trace shows; line numbers and the names of local variables only if
 * `lines` asks for them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "quickjs.h"

/* The file's text, NUL-terminated as the parser wants it. */
static char *read_all(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        return NULL;
    const long size = ftell(file);
    char *text = size < 0 ? NULL : malloc((size_t)size + 1);
    rewind(file);
    if (!text || fread(text, 1, (size_t)size, file) != (size_t)size)
        return NULL;
    fclose(file);
    text[size] = 0;
    *length = (size_t)size;
    return text;
}

static int fail(JSContext *js, const char *path)
{
    JSValue error = JS_GetException(js), stack = JS_GetPropertyStr(js, error, "stack");
    const char *what = JS_ToCString(js, error), *where = JS_ToCString(js, stack);
    fprintf(stderr, "%s: %s\n%s\n", path, what ? what : "?", where ? where : "");
    return 1;
}

int main(int argc, char **argv)
{
    size_t length, size;
    if (argc < 3) {
        fprintf(stderr, "usage: bytecode INPUT SYMBOL [lines]\n");
        return 2;
    }
    char *text = read_all(argv[1], &length);
    if (!text) {
        perror(argv[1]);
        return 1;
    }
    JSRuntime *runtime = JS_NewRuntime();
    JS_SetMaxStackSize(runtime, 4 * 1024 * 1024);
    int flags = JS_EVAL_TYPE_GLOBAL | JS_EVAL_FLAG_COMPILE_ONLY;
    if (argc < 4) {
#ifdef JS_STRIP_DEBUG
        JS_SetStripInfo(runtime, JS_STRIP_DEBUG);
#else
        flags |= JS_EVAL_FLAG_STRIP;
#endif
    }
    JSContext *js = JS_NewContext(runtime);
    const char *slash = strrchr(argv[1], '/');
    JSValue program = JS_Eval(js, text, length, slash ? slash + 1 : argv[1], flags);
    if (JS_IsException(program))
        return fail(js, argv[1]);
    const uint8_t *code = JS_WriteObject(js, &size, program, JS_WRITE_OBJ_BYTECODE);
    if (!code)
        return fail(js, argv[1]);
    printf("#include <stdint.h>\nextern const uint8_t %s[];\nextern const uint32_t %s_size;\n", argv[2], argv[2]);
    printf("const uint32_t %s_size = %zu;\nconst uint8_t %s[] = {", argv[2], size, argv[2]);
    for (size_t i = 0; i < size; i++)
        printf("%s%u,", i % 24 ? "" : "\n", code[i]);
    printf("\n};\n");
    return fclose(stdout) == 0 ? 0 : 1;
}
