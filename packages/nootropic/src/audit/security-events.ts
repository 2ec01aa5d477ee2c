import type { AuditLog, Event, EventBus } from '@nootropic/core'

const prefixes = ['ai.nootropic.alert.', 'ai.nootropic.incident.']

const append = async (audit: AuditLog, { type, source, subject, id, data }: Event): Promise<void> => {
  await audit.append({
    category: 'security',
    actor: `system:${source}`,
    action: type.replace('ai.nootropic.', ''),
    resource: `${type.startsWith('ai.nootropic.alert.') ? 'model' : 'incident'}:${subject ?? 'unknown'}`,
    outcome: 'succeeded',
    details: { event: id, ...data },
  })
}

/** Puts every alert and every change of an incident into the audit log. Returns the call that ends it. */
export const auditSecurityEvents = (bus: EventBus, audit: AuditLog): (() => void) => {
  const ends = prefixes.map((prefix) => bus.subscribe(prefix, (event) => append(audit, event)))
  return () => {
    for (const end of ends) end()
  }
}
