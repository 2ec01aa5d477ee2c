import { entityText } from '@nootropic/core'
import type { Owner } from '../credentials/owner.ts'

/** Finds somebody in text: as `user:ada`, as `user "ada"`, or by the bare name as a word of its own. */
export interface Mention {
  isIn(text: string): boolean
  /** The text with `by` in the place of each. */
  replaceIn(text: string, by: string): string
  /**
   * As {@link replaceIn}, but a bare name counts only in text that has spaces: a word alone may be a state or a name of the
   * format, which another person's name must not change.
   */
  replaceInRecord(text: string, by: string): string
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** How somebody is found in text. Letters, digits and `_` around a name make it another name. */
export const mentionOf = ({ type, id }: Owner): Mention => {
  const [prefix, name, quoted, whole] = [type, id, JSON.stringify(id), entityText({ type, id })].map(escaped)
  const before = '(?<![\\p{L}\\p{N}_])'
  const after = '(?![\\p{L}\\p{N}_])'
  const typed = `${before}(?:${whole}${after}|${prefix} ${quoted})`
  const any = `${typed}|${before}${name}${after}`
  const [one, every, everyTyped] = [new RegExp(any, 'u'), new RegExp(any, 'gu'), new RegExp(typed, 'gu')]
  const replaceIn = (text: string, by: string): string => text.replaceAll(every, () => by)
  return {
    isIn: (text) => one.test(text),
    replaceIn,
    replaceInRecord: (text, by) => (/\s/.test(text) ? replaceIn(text, by) : text.replaceAll(everyTyped, () => by)),
  }
}
