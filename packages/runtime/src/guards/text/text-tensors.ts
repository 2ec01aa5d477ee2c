import type { Finding, Tensor } from '@nootropic/core'
import type { Match } from '../redact.ts'
import { type SanitiseOptions, sanitiseText } from './sanitise-text.ts'

type Tensors = Readonly<Record<string, Tensor>>

/** What was changed in one text of a tensor. */
export interface TextChange {
  /** The tensor's name and the element's index, e.g. `prompt[0]`. */
  readonly path: string
  /** By their place in the text as it came. */
  readonly changes: readonly Match[]
  readonly isNormalised: boolean
}

/** Tensors whose texts are plain. */
export interface SanitisedTensors {
  /** The tensors to go on with: those without texts, or whose texts were plain, are the ones that were given. */
  readonly tensors: Tensors
  /** One entry for each text that was changed. */
  readonly changed: readonly TextChange[]
}

const isText = (tensor: Tensor): boolean => tensor.type === 'string'

/**
 * Makes every text of some tensors plain, as {@link sanitiseText} does.
 *
 * @example
 * ```ts
 * const { tensors, changed } = sanitiseTensors({ prompt: { type: 'string', dims: [1], data: ['a\u200bb'] } })
 * tensors.prompt?.data // ['ab']
 * changed[0]?.path // 'prompt[0]'
 * ```
 */
export const sanitiseTensors = (tensors: Tensors, options: SanitiseOptions = {}): SanitisedTensors => {
  const changed: TextChange[] = []
  const entries = Object.entries(tensors).map(([name, tensor]): [string, Tensor] => {
    if (!isText(tensor)) return [name, tensor]
    const before = changed.length
    const data = (tensor.data as readonly string[]).map((text, index) => {
      const { text: plain, changes, isNormalised } = sanitiseText(text, options)
      if (plain !== text) changed.push({ path: `${name}[${index}]`, changes, isNormalised })
      return plain
    })
    return [name, changed.length === before ? tensor : { ...tensor, data }]
  })
  return { tensors: Object.fromEntries(entries), changed }
}

/** The texts of some tensors, and what each is called in findings, e.g. `prompt[0]`. */
export function* textsOf(tensors: Tensors): Generator<readonly [text: string, path: string]> {
  for (const [name, { data }] of Object.entries(tensors)) {
    if (ArrayBuffer.isView(data)) continue
    for (const [index, text] of data.entries()) yield [text, `${name}[${index}]`]
  }
}

/**
 * The findings of one check for every text of some tensors.
 *
 * @param check any check of texts, e.g. {@link checkText}, given the text and what to call it, e.g. `prompt[0]`.
 */
export const checkTextTensors = (tensors: Tensors, check: (text: string, path: string) => Finding[]): Finding[] =>
  [...textsOf(tensors)].flatMap(([text, path]) => check(text, path))
