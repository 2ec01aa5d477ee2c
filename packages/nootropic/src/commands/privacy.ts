import { findPersonalData, findSecrets } from '@nootropic/runtime/guards'
import { assessModelPrivacy } from '@nootropic/validation/behaviour'
import { type PrivacyAttackName, privacyAttacks, privacyTopics } from '@nootropic/validation/privacy'
import { manifestOf } from '../manifest-of.ts'
import { textOptions, type Verb } from '../verb.ts'
import { choose, verifyPartners } from './choose.ts'
import { runOptions, withExamination } from './examination.ts'
import { dataKinds, dataOptions, readExamples } from './read-examples.ts'

/** An attribute is named in code: a place in the input means nothing on a command line. */
const named: readonly PrivacyAttackName[] = privacyAttacks.filter((attack) => attack !== 'attribute-inference')

export const privacy: Verb = {
  name: 'privacy',
  operands: 'MODEL',
  summary: 'what a model says of its data, and what attacks get out of it',
  options: {
    members: { type: 'string', value: 'PATH', description: `examples that it was trained on: ${dataKinds}` },
    'non-members': { type: 'string', value: 'PATH', description: 'others of the same kind that it was not trained on' },
    attack: {
      type: 'string',
      value: 'NAME',
      multiple: true,
      description: `an attack to carry out (repeatable): ${named.join(', ')} (default all)`,
    },
    ...dataOptions,
    ...runOptions,
  },
  run: (invocation, streams) =>
    withExamination(invocation, streams, async ({ model, options, settings, examples }) => {
      verifyPartners(invocation, { members: ['non-members'], 'non-members': ['members'] })
      const attacks = textOptions(invocation, 'attack').map((name) => choose('attack', name, named))
      const asked = { model, limit: examples, seed: options.seed }
      const members = await readExamples('members', invocation, streams, asked)
      const nonMembers = await readExamples('non-members', invocation, streams, asked)
      const switches = settings.policy.spec.validation.securityChecks.privacyAssessment
      return assessModelPrivacy(model, {
        ...options,
        topics: privacyTopics.filter((topic) => switches[topic]),
        threshold: settings.policy.spec.validation.thresholds.privacyScore,
        manifests: {
          dataPrivacy: manifestOf(settings, 'DataPrivacy'),
          userPrivacy: manifestOf(settings, 'UserPrivacy'),
        },
        memorised: { personalData: findPersonalData, secrets: findSecrets },
        ...(attacks.length === 0 ? {} : { attacks }),
        ...(members === undefined ? {} : { members }),
        ...(nonMembers === undefined ? {} : { nonMembers }),
      })
    }),
}
