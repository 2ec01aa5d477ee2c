import { resolve } from 'node:path'
import { NootropicError } from '@nootropic/core'
import { operand, textOption, type Verb } from '../verb.ts'
import { installationOptions, withInstallation } from './installation.ts'
import { countOption } from './number-option.ts'
import { createOutput, verifyNewOutput } from './write-output.ts'

const most = 9_999_999_999

export const auditProve: Verb = {
  name: 'audit prove',
  operands: 'INDEX',
  summary: 'a proof that an entry is in the audit log, for somebody who has its key and not the log',
  options: {
    ...installationOptions,
    since: {
      type: 'string',
      value: 'SIZE',
      description: 'prove too that the log only grew since it had so many entries',
    },
    output: { type: 'string', short: 'o', value: 'FILE', description: 'a new file for the proof (default: stdout)' },
  },
  async run(invocation, streams) {
    const text = operand(invocation, 0, 'the index of an entry')
    if (!/^\d{1,10}$/.test(text)) {
      throw new NootropicError(
        'USAGE',
        `expected the index of an entry as a whole number, got "${text}"; \`audit tail --json\` has it`,
      )
    }
    const since = countOption(invocation, 'since', { most })
    const output = textOption(invocation, 'output')
    if (output !== undefined) await verifyNewOutput(output, streams)
    const proof = await withInstallation(invocation, streams, ({ audit }) => audit.prove(Number(text), since))
    const content = `${JSON.stringify(proof, null, 2)}\n`
    if (output === undefined) return { exit: 0, document: proof, text: content }
    await createOutput(output, content, streams)
    return {
      exit: 0,
      document: { index: proof.index, output },
      text: `the proof of entry ${proof.index} is in ${output}\n`,
    }
  },
}

export const auditExport: Verb = {
  name: 'audit export',
  operands: 'DIR',
  summary: 'copy the audit log into an empty directory, as tiles and a checkpoint that others may read',
  options: installationOptions,
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async ({ audit }) => {
      const directory = operand(invocation, 0, 'a directory that is empty or not there yet')
      const { origin, size, root } = await audit.export(resolve(streams.directory, directory))
      const { verifierKey } = audit
      return {
        exit: 0,
        document: { directory, origin, size, root, verifierKey },
        text: `${size} entries of ${origin} are in ${directory}\ntheir key: ${verifierKey}\n`,
      }
    }),
}
