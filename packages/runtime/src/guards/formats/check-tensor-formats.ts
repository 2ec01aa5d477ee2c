import type { Finding, Tensor } from '@nootropic/core'
import { checkFormat, type FormatOptions } from './check-format.ts'

const finding = (name: string, message: string): Finding => ({
  rule: 'format/missing',
  severity: 'high',
  title: 'The input carries no file',
  message: `input "${name}": ${message}`,
  location: { path: 'input', inside: name },
  remediation: 'Send the bytes of a file as uint8, or as base64 in strings.',
  references: [],
  tags: ['CWE-20'],
})

const base64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/

const checkTexts = (name: string, texts: readonly string[], options: FormatOptions): Finding[] =>
  texts.flatMap((text, index) =>
    base64.test(text)
      ? checkFormat(Buffer.from(text, 'base64'), `${name}[${index}]`, options)
      : [finding(name, `expected base64, found other text at element ${index}`)],
  )

/**
 * What is wrong with the files that inputs carry: a uint8 tensor is one file, each string of a string tensor one in base64.
 *
 * @param rules the formats of each input that carries files; other inputs are not looked at.
 */
export const checkTensorFormats = (
  rules: Readonly<Record<string, FormatOptions>>,
  tensors: Readonly<Record<string, Tensor>>,
): Finding[] =>
  Object.entries(rules).flatMap(([name, options]) => {
    const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined
    if (tensor?.type === 'string') return checkTexts(name, tensor.data as readonly string[], options)
    if (tensor?.type === 'uint8') return checkFormat(tensor.data as Uint8Array, name, options)
    return [finding(name, `expected uint8 or strings, found ${tensor?.type ?? 'nothing'}`)]
  })
