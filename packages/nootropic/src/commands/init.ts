import { resolve } from 'node:path'
import { initialise } from '../initialise.ts'
import type { Verb } from '../verb.ts'

export const init: Verb = {
  name: 'init',
  operands: '[DIR]',
  summary: 'write commented manifests of all 22 kinds and the policy (into security/models)',
  options: {},
  async run({ operands }, { directory }) {
    const target = operands[0] ?? 'security/models'
    const { written, kept } = await initialise(resolve(directory, target))
    const text = `${target}: ${written.length} manifests written${kept.length > 0 ? `, ${kept.length} kept as they were` : ''}
Read them, change what should differ, then run: nootropic manifest check ${target}
`
    return { exit: 0, document: { directory: target, written, kept }, text }
  },
}
