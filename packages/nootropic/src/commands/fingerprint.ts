import { resolve } from 'node:path'
import { mainFile, readModelPackage } from '@nootropic/core/formats'
import { compareFingerprints, type Fingerprint, fingerprintModel } from '@nootropic/watermark'
import { operand, type Verb } from '../verb.ts'

const fingerprintOf = async (path: string): Promise<Fingerprint> =>
  fingerprintModel(mainFile(await readModelPackage(path)).bytes)

export const fingerprint: Verb = {
  name: 'fingerprint',
  operands: 'MODEL [OTHER]',
  summary: 'what a model is, without the model; with two, how they are related',
  options: {},
  async run(invocation, { directory }) {
    const taken = await fingerprintOf(resolve(directory, operand(invocation, 0, 'the path of a model')))
    const other = invocation.operands[1]
    if (other === undefined) {
      return { exit: 0, document: { fingerprint: taken }, text: `${JSON.stringify(taken, null, 2)}\n` }
    }
    const comparison = compareFingerprints(taken, await fingerprintOf(resolve(directory, other)))
    const evidence = Object.entries(comparison.evidence).map(([name, value]) => `  ${name}: ${value}`)
    return {
      exit: comparison.relation === 'incomplete' ? 4 : 0,
      document: { ...comparison },
      text: `${[comparison.relation, ...evidence].join('\n')}\n`,
    }
  },
}
