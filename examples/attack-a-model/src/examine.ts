import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readModelPackage } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import {
  assessModelPrivacy,
  attackModel,
  type BehaviourReport,
  behaviourPage,
  behaviourText,
  testModelRobustness,
} from '@nootropic/validation/behaviour'
import { digits } from './digits.ts'

const model = fileURLToPath(new URL('../../guard-a-model/models/digits', import.meta.url))

/** The model was trained on the first 700 pictures of each digit. */
const firstHeldOut = 700

/**
 * Attacks, disturbs and questions the digit classifier of the other example, and writes a page for each.
 *
 * @param perDigit held-out pictures of each digit.
 * @param print takes one text at a time.
 */
export const examineDigits = async (
  output: string,
  { perDigit, print }: { perDigit: number; print: (text: string) => void },
): Promise<Record<string, BehaviourReport>> => {
  const subject = await readModelPackage(model)
  // A model of one's own; a stranger's is given the sessions of a sandbox (`createSandbox` of @nootropic/runtime).
  const sessions = createInProcessSessions()
  const dataset = digits(firstHeldOut, perDigit)
  const reports = {
    attack: await attackModel(subject, {
      sessions,
      dataset,
      attacks: [{ name: 'fgsm' }, { name: 'pgd' }, { name: 'deepfool' }],
      certify: ['intervals'],
    }),
    robustness: await testModelRobustness(subject, { sessions, dataset, profile: true }),
    privacy: await assessModelPrivacy(subject, {
      sessions,
      members: digits(0, perDigit),
      nonMembers: dataset,
      attacks: ['membership-inference'],
      membership: { shadows: 0 },
    }),
  }
  await mkdir(output, { recursive: true })
  for (const [name, report] of Object.entries(reports)) {
    const path = join(output, `${name}.html`)
    await writeFile(path, behaviourPage(report))
    print(`${behaviourText(report)}  the page: ${path}`)
  }
  return reports
}
