import type { AuditEntry, AuditLog } from '@nootropic/core'
import type { ModelSecurityPolicy } from '@nootropic/core/manifest'

type Views = ModelSecurityPolicy['spec']['access']['auditLogging']

const viewOf: Readonly<Record<AuditEntry['category'], keyof Views>> = {
  access: 'accessLogs',
  operation: 'operationLogs',
  security: 'securityEvents',
}

/** A log that takes the entries of those views which the policy keeps, and gives no receipt for the others. */
export const createSwitchedAuditLog = (audit: AuditLog, views: Views): AuditLog => ({
  append: async (entry) => (views[viewOf[entry.category]] ? audit.append(entry) : undefined),
})
