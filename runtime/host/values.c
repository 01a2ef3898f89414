/*
 * Values on their way between TypeScript and C.
 *
 * Theory of operation. A byte string holds one byte a character. The engine's interface speaks UTF-8, in which
 * the characters 0x80 to 0xff are two bytes (0xc2 or 0xc3, then one more), and all below are themselves. So text
 * is converted here, both ways, exactly, and without ever being interpreted.
 */
#include "host.h"
#include <string.h>

char buffer[BUFFER_SIZE];

const char *text_in(JSContext *js, JSValueConst value, size_t *length)
{
    size_t size;
    if (!JS_IsString(value)) {
        JS_ThrowTypeError(js, "not a string");
        return NULL;
    }
    const char *utf8 = JS_ToCStringLen(js, &size, value);
    if (!utf8)
        return NULL;
    size_t plain = 0;
    while (plain < size && !(utf8[plain] & 0x80))
        plain++;
    if (plain == size) {
        *length = size;
        return utf8;
    }
    /* Text that is not all ASCII was converted into a copy of its own, so it can be converted back in place. */
    const unsigned char *from = (const unsigned char *)utf8 + plain, *end = (const unsigned char *)utf8 + size;
    char *text = (char *)utf8, *to = text + plain;
    while (from < end) {
        unsigned c = *from++;
        if (c > 0xc3) {
            JS_FreeCString(js, utf8);
            JS_ThrowTypeError(js, "not a byte string");
            return NULL;
        }
        *to++ = (char)(c < 0x80 ? c : (c & 3) << 6 | (*from++ & 0x3f));
    }
    *to = 0;
    *length = (size_t)(to - text);
    return text;
}

void text_free(JSContext *js, const char *text)
{
    JS_FreeCString(js, text);
}

JSValue text_out(JSContext *js, const char *bytes, size_t length)
{
    size_t high = 0;
    for (size_t i = 0; i < length; i++)
        high += (unsigned char)bytes[i] >> 7;
    if (high == 0)
        return JS_NewStringLen(js, bytes, length);
    char *utf8 = js_malloc(js, length + high);
    if (!utf8)
        return JS_EXCEPTION;
    char *to = utf8;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c & 0x80) {
            *to++ = (char)(0xc0 | c >> 6);
            *to++ = (char)(0x80 | (c & 0x3f));
        } else {
            *to++ = (char)c;
        }
    }
    JSValue text = JS_NewStringLen(js, utf8, length + high);
    js_free(js, utf8);
    return text;
}

bool int_in(JSContext *js, JSValueConst value, int *number)
{
    if (!JS_IsNumber(value)) {
        JS_ThrowTypeError(js, "not a number");
        return false;
    }
    return JS_ToInt32(js, number, value) == 0;
}

static bool path_result(JSContext *js, JSValueConst value, int (*act)(const char *path), int *returned)
{
    size_t length;
    const char *path = text_in(js, value, &length);
    if (!path)
        return false;
    *returned = strlen(path) == length ? act(path) : -EINVAL;
    text_free(js, path);
    return true;
}

JSValue with_path(JSContext *js, JSValueConst value, int (*act)(const char *path))
{
    int returned;
    return path_result(js, value, act, &returned) ? JS_NewInt32(js, returned) : JS_EXCEPTION;
}

JSValue ask_path(JSContext *js, JSValueConst value, int (*act)(const char *path))
{
    int returned;
    return path_result(js, value, act, &returned) ? JS_NewBool(js, returned == 1) : JS_EXCEPTION;
}

void arguments_free(JSContext *js, char **arguments)
{
    if (!arguments)
        return;
    for (char **argument = arguments; *argument; argument++)
        text_free(js, *argument);
    js_free(js, arguments);
}

char **arguments_in(JSContext *js, JSValueConst list)
{
    JSValue length = JS_GetPropertyStr(js, list, "length");
    int count = -1;
    bool valid = !JS_IsException(length) && int_in(js, length, &count);
    JS_FreeValue(js, length);
    if (!valid || count < 0)
        return NULL;
    char **arguments = js_mallocz(js, ((size_t)count + 1) * sizeof(*arguments));
    for (int i = 0; arguments && i < count; i++) {
        JSValue item = JS_GetPropertyUint32(js, list, (uint32_t)i);
        size_t size;
        arguments[i] = (char *)text_in(js, item, &size);
        JS_FreeValue(js, item);
        if (arguments[i] && strlen(arguments[i]) == size)
            continue;
        if (arguments[i])
            JS_ThrowTypeError(js, "a NUL byte in an argument");
        arguments_free(js, arguments);
        return NULL;
    }
    return arguments;
}
