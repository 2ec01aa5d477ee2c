import { join } from 'node:path'
import { openAuditLog } from '@nootropic/access/audit'
import { systemClock, systemRandom } from '@nootropic/core'
import { openKeyStore } from '@nootropic/core/crypto'
import { openDatabase } from '@nootropic/core/storage'
import { openDataControl } from '../../src/people/data-control.ts'
import { openPeople } from '../../src/people/people.ts'
import { openPersonalAuditLog } from '../../src/people/personal-audit-log.ts'
import { privacySettings } from '../../src/people/privacy-settings.ts'
import { ada } from './hold-everything.ts'

// Erases a person, and may be killed on the way.
const [, , home = ''] = process.argv
const [clock, random] = [systemClock, systemRandom]
const keys = await openKeyStore({ directory: join(home, 'keys') })
const database = await openDatabase(join(home, 'state.db'))
const log = await openAuditLog({
  directory: join(home, 'audit'),
  signingKey: await keys.signingKey('audit-checkpoint'),
  origin: 'nootropic.local/audit',
})
const people = await openPeople({ database, keys, clock, random })
const settings = { ...privacySettings({ manifests: [] }), isSealed: true, isAudited: true, isControllable: true }
const audit = openPersonalAuditLog(log, people, random)
const data = await openDataControl({ database, keys, log, audit, people, settings, clock })
process.send?.('ready')
await data.erase(ada)
await log.close()
await database.close()
process.disconnect?.()
