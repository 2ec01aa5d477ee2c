import { operand, type Verb, type VerbResult } from '../verb.ts'
import { installationOptions, withInstallation } from './installation.ts'

export const watermark: Verb = {
  name: 'watermark',
  operands: 'NAME',
  summary: 'read the owner’s claim out of the weights of the version that serves',
  options: installationOptions,
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async (nootropic): Promise<VerbResult> => {
      const { active, name } = await nootropic.status(operand(invocation, 0, 'the name of a model'))
      const found = active === undefined ? undefined : await nootropic.extractWatermark(active)
      if (found === undefined) {
        return { exit: 1, document: { name, verdict: 'absent' }, text: `${name} was registered without a watermark\n` }
      }
      return {
        exit: found.verdict === 'present' ? 0 : found.verdict === 'absent' ? 1 : 4,
        document: { name, ...found },
        text: `${name} ${active?.version}: watermark ${found.verdict}\n`,
      }
    }),
}
