import { robustnessTestOptions } from '@nootropic/validation'
import {
  type CorruptionName,
  corruptionRegistry,
  modalities,
  testModelRobustness,
} from '@nootropic/validation/behaviour'
import { manifestOf } from '../manifest-of.ts'
import { textOption, textOptions, type Verb } from '../verb.ts'
import { choose } from './choose.ts'
import { examinationOptions, withData, withExamination } from './examination.ts'

const names = (Object.keys(corruptionRegistry) as CorruptionName[]).filter(
  (name) => corruptionRegistry[name].modality !== 'text',
)

export const robustness: Verb = {
  name: 'robustness',
  operands: 'MODEL',
  summary: 'disturb a model’s inputs as the world does, and say what is left at each severity',
  options: {
    corruption: {
      type: 'string',
      value: 'NAME',
      multiple: true,
      description: 'a common corruption, such as fog (repeatable; default all that the data can suffer)',
    },
    modality: {
      type: 'string',
      value: 'KIND',
      description: `what the examples are: ${modalities.join(', ')} (default by their shape)`,
    },
    profile: { type: 'boolean', description: 'also measure latency, throughput and what each operator costs' },
    ...examinationOptions,
  },
  run: (invocation, streams) =>
    withExamination(invocation, streams, async (setup) => {
      const named = textOptions(invocation, 'corruption').map((name) => choose('corruption', name, names))
      const modality = textOption(invocation, 'modality')
      const manifest = manifestOf(setup.settings, 'RobustnessTesting')
      return testModelRobustness(setup.model, {
        ...(manifest === undefined ? {} : robustnessTestOptions(manifest)),
        ...(await withData(setup, invocation, streams)),
        ...(named.length === 0 ? {} : { corruptions: named }),
        ...(modality === undefined ? {} : { modality: choose('modality', modality, modalities) }),
        profile: invocation.options.profile === true,
        ...(setup.examples === undefined ? {} : { examples: setup.examples }),
      })
    }),
}
