import { NootropicError } from '@nootropic/core'
import { operand, requiredOption, textOption, type Verb } from '../verb.ts'
import { installationOptions, withInstallation } from './installation.ts'
import { readText } from './read-text.ts'
import { parseTensors, tensorsToJson } from './tensor-json.ts'

const credentialVariable = 'NOOTROPIC_API_KEY'

export const run: Verb = {
  name: 'run',
  operands: 'NAME',
  summary: `run a model once in the sandbox (the API key stands in ${credentialVariable})`,
  options: {
    ...installationOptions,
    input: { type: 'string', value: 'FILE', description: 'JSON: { "<input>": { "type", "dims", "data" } }' },
    deadline: {
      type: 'string',
      value: 'MS',
      description: 'milliseconds after which the run is stopped (at most 30000, which is the default)',
    },
  },
  run: async (invocation, streams) => {
    const model = operand(invocation, 0, 'the name of a model')
    const path = requiredOption(invocation, 'input')
    const inputs = parseTensors(await readText('input', path, streams), path)
    // Never an argument: every user of the machine can read the arguments of every process.
    const credential = streams.environment[credentialVariable]
    if (!credential) {
      throw new NootropicError(
        'USAGE',
        `expected an API key in the environment variable ${credentialVariable}, got nothing`,
      )
    }
    const deadline = textOption(invocation, 'deadline')
    const deadlineMs = Number(deadline ?? 30_000)
    if (!(deadlineMs > 0))
      throw new NootropicError('USAGE', `expected --deadline to be milliseconds, got "${deadline}"`)
    return withInstallation(invocation, streams, async (nootropic) => {
      const result = await nootropic.execute({ model, inputs, credential, deadlineMs })
      const outputs = tensorsToJson(result.outputs)
      const { model: ref, isolation, timings, changes, switchedOff } = result
      return {
        exit: 0,
        document: { model: ref, outputs, isolation: isolation?.level ?? 'none', timings, changes, switchedOff },
        text: `${JSON.stringify(outputs)}\n`,
      }
    })
  },
}
