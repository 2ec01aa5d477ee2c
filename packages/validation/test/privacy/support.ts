import { readFileSync } from 'node:fs'
import { type OnnxModel, readOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import type { AttackedModel } from '../../src/behaviour/attacks/objective.ts'
import type { Dataset } from '../../src/index.ts'
import type { PrivacyTarget } from '../../src/privacy/attack.ts'
import { openTarget } from '../../src/privacy/open-target.ts'
import { packageOf } from '../support/package.ts'

export const fixtureBytes = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`./fixtures/${name}.onnx`, import.meta.url)))

/** Opens a model of the fixtures, or one that was made here, for an attack and closes it again. */
export const withTarget = async <Result>(
  model: string | OnnxModel,
  sets: { readonly members: Dataset; readonly nonMembers: Dataset },
  attack: (target: PrivacyTarget) => Promise<Result>,
): Promise<Result> => {
  const content = typeof model === 'string' ? fixtureBytes(model) : model
  const open = await openTarget(packageOf(content), {
    sessions: createInProcessSessions(),
    examples: sets.nonMembers,
    seed: 1,
  })
  if ('reason' in open) throw new Error(open.reason)
  try {
    return await attack({ path: 'model', model: open.model, ...sets, seed: 1, limits: {} })
  } finally {
    await open.close()
  }
}

/** A model without slopes. */
export const blackBox = ({ classes, scores }: AttackedModel): AttackedModel => ({ classes, scores })

export const parsedFixture = (name: string): OnnxModel => readOnnx(fixtureBytes(name))
