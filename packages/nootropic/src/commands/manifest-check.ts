import { resolve } from 'node:path'
import { notYetEnforced, readManifests } from '@nootropic/core/manifest'
import { enforcedSettings } from '../enforcement.ts'
import { operand, type Verb } from '../verb.ts'

export const manifestCheck: Verb = {
  name: 'manifest check',
  operands: 'DIR',
  summary: 'check manifests, and list the settings that are not yet enforced',
  options: {},
  async run(invocation, { directory }) {
    const target = operand(invocation, 0, 'a directory of manifests, or a file')
    const set = await readManifests(resolve(directory, target))
    const open = notYetEnforced(set, enforcedSettings)
    const lines = open.map(({ file, line, column, path, message }) => `${file}:${line}:${column} ${path} ${message}`)
    const counted = `${set.manifests.length} manifests are valid; ${open.length} of their settings are not yet enforced`
    return {
      exit: 0,
      document: { valid: true, manifests: set.manifests.length, notYetEnforced: open },
      text: `${[...lines, counted].join('\n')}\n`,
    }
  },
}
