import { type AccessDecision, type AccessRequest, accessRequestSchema, NootropicError } from '@nootropic/core'
import { z } from 'zod'
import { type Invocation, operand, textOption, textOptions, type Verb } from '../verb.ts'
import { installationOptions, withInstallation } from './installation.ts'

/** `TYPE:ID`, or an id alone of a type that goes without saying. */
const entityOf = (text: string, type: string): { type: string; id: string } => {
  const colon = text.indexOf(':')
  return colon < 0 ? { type, id: text } : { type: text.slice(0, colon), id: text.slice(colon + 1) }
}

const contextOf = (pairs: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf('=')
      if (equals > 0) return [pair.slice(0, equals), pair.slice(equals + 1)]
      throw new NootropicError('USAGE', `expected --context as NAME=VALUE, such as ip=192.0.2.1, got "${pair}"`)
    }),
  )

const requestOf = (invocation: Invocation): AccessRequest => {
  const subject = entityOf(operand(invocation, 0, 'a subject, such as user:ada'), 'user')
  const resource = entityOf(operand(invocation, 2, 'a resource, such as model:digits'), 'model')
  const parsed = accessRequestSchema.safeParse({
    subject: { ...subject, properties: { roles: [...textOptions(invocation, 'role')] } },
    action: { name: operand(invocation, 1, 'an action, such as execute') },
    resource,
    context: contextOf(textOptions(invocation, 'context')),
  })
  if (parsed.success) return parsed.data
  throw new NootropicError('USAGE', `expected SUBJECT ACTION RESOURCE, got: ${z.prettifyError(parsed.error)}`)
}

const timeOf = (text: string): Date => {
  if (z.iso.datetime({ offset: true }).safeParse(text).success) return new Date(text)
  throw new NootropicError('USAGE', `expected --time such as 2026-01-31T09:30:00Z, got "${text}"`)
}

const describe = ({ decision, context }: AccessDecision): string => {
  const { reason, nearest = [], stepUp } = context
  const grants = nearest.map(({ rule, lacks }) => `  ${rule}: ${lacks.map(({ why }) => why).join('; ')}\n`)
  const factors =
    stepUp === undefined
      ? ''
      : `a second factor will do: ${stepUp.factors.join(' or ')}, ${stepUp.maximumAgeSeconds === 0 ? 'for this request' : `at most ${stepUp.maximumAgeSeconds} s old`}\n`
  return `${decision ? 'yes' : 'no'}: ${reason}\n${grants.length === 0 ? '' : `nearest grants:\n${grants.join('')}`}${factors}`
}

export const accessExplain: Verb = {
  name: 'access explain',
  operands: 'SUBJECT ACTION RESOURCE',
  summary: 'whether somebody may do something, and why: the rule, or the nearest grant and what it lacks',
  options: {
    ...installationOptions,
    role: { type: 'string', multiple: true, value: 'ROLE', description: 'a role that the subject has' },
    context: {
      type: 'string',
      multiple: true,
      value: 'NAME=VALUE',
      description: 'what conditions look at: ip, purpose, or an attribute',
    },
    time: { type: 'string', value: 'TIME', description: 'as if it were this time (default now)' },
  },
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async ({ access }) => {
      const request = requestOf(invocation)
      const time = textOption(invocation, 'time')
      const answer = await (time === undefined
        ? access.authorizer.authorize(request)
        : access.decideAt(timeOf(time), request))
      return { exit: answer.decision ? 0 : 1, document: { request, ...answer }, text: describe(answer) }
    }),
}
