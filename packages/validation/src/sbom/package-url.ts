/** Percent-encodes as package URLs ask for it, where `:` stands as it is. */
const encode = (text: string): string => encodeURIComponent(text).replaceAll('%3A', ':')

/**
 * The package URL (ECMA-427) of a package by its type, its name with its namespace before a `/`, and its version.
 *
 * @param name well-formed Unicode
 * @example
 * ```ts
 * packageUrl('npm', '@huggingface/jinja', '0.5.0') // 'pkg:npm/%40huggingface/jinja@0.5.0'
 * ```
 */
export const packageUrl = (
  type: string,
  name: string,
  version?: string,
  qualifiers: Readonly<Record<string, string>> = {},
): string => {
  const path = name.split('/').map(encode).join('/')
  const query = Object.entries(qualifiers).map(([key, value]) => `${key}=${encode(value)}`)
  return `pkg:${type}/${path}${version === undefined ? '' : `@${encode(version)}`}${query.length === 0 ? '' : `?${query.join('&')}`}`
}
