/** The name of a model that is a single file among what was signed, as every version of model_signing writes it. */
export const singleFile = '.'

// Windows drops dots and spaces at the end of a part: `.. ` leads upwards there as `..` does, and `... ` is nothing.
const isPart = (part: string): boolean => /[^. ]/.test(part)

// A backslash separates parts on Windows, and `C:/` is absolute there, where `a:b` stays a name: signatures name shards of
// such files. NUL ends a name in C; a lone surrogate has no bytes in UTF-8.
const leadsElsewhere = /^[A-Za-z]:(?:\/|$)|[\\\0]|\p{Surrogate}/u

/**
 * Whether a text names one place inside a model, and the same on every system: relative, `/` between parts, nothing to
 * resolve, valid UTF-8 (CWE-22). Whoever takes a path from a model, a signature or a sealed index asks this.
 *
 * Names are compared as they are: two that differ in case or Unicode normal form are two files.
 *
 * @example
 * ```ts
 * isInsidePath('data/weights.bin') // true
 * isInsidePath('../weights.bin') // false
 * ```
 */
export const isInsidePath = (path: string): boolean => path.split('/').every(isPart) && !leadsElsewhere.test(path)

/** Whether `path` is `ancestor` or stands below it. */
export const isAtOrBelow = (path: string, ancestor: string): boolean =>
  path === ancestor || path.startsWith(`${ancestor}/`)
