import { openQuotas } from '@nootropic/access/quotas'
import type { PeopleHome } from './people-home.ts'

export const ada = { type: 'user', id: 'ada-lovelace-1815' }
export const grace = { type: 'user', id: 'grace-hopper-1906' }

/** Everything that an installation can hold of somebody. */
export const holdEverything = async (home: PeopleHome, subject = ada): Promise<void> => {
  const { apiKeys, audit, bus, database, incidents, mfa, policies, sessions } = home
  const expiresAt = new Date(Date.now() + 60_000)
  const { secret } = await apiKeys.create({ subject, roles: ['caller'], expiresAt })
  await apiKeys.authenticate(secret)
  await sessions.create({ subject, roles: ['caller'], binding: 'client' })
  await mfa.totp.enrol(subject, { issuer: 'Models', account: subject.id })
  await mfa.recoveryCodes.replace(subject)
  const quotas = await openQuotas({
    database,
    quotas: [{ id: 'a-day', measure: 'requests', kind: 'window', limit: 9, windowSeconds: 86_400, per: ['subject'] }],
  })
  await quotas.reserve({ subject, model: 'digits', cost: {} })
  quotas.close()
  const group = { name: 'people', roles: ['caller'], members: [subject] }
  const { version } = await policies.read()
  await policies.publish({ rules: [], directory: { groups: [group] }, expectedVersion: version, author: subject.id })
  await policies.publish({ rules: [], expectedVersion: version + 1, author: 'operator' })
  await audit.append({
    category: 'access',
    actor: `user:${subject.id}`,
    action: 'execute',
    resource: 'model:digits',
    outcome: 'denied',
    reason: `no rule permits user "${subject.id}" to "execute"`,
  })
  await incidents.start()
  const execution = { actor: `user:${subject.id}`, reason: `forbidden for user "${subject.id}"` }
  await bus.publish({ source: '/x', type: 'ai.nootropic.execution.refused', subject: 'digits', data: execution })
  const alert = {
    rule: 'latency',
    severity: 'high',
    model: 'digits',
    value: 2,
    threshold: 1,
    unit: 's',
    message: `slow since ${subject.id} calls`,
    since: '2026-01-01T00:00:00.000Z',
  }
  await bus.publish({ source: '/x', type: 'ai.nootropic.alert.raised', subject: 'digits', data: alert })
  incidents.stop()
}
