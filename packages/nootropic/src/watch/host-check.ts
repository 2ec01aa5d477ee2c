import type { Clock } from '@nootropic/core'
import type { ManifestSet } from '@nootropic/core/manifest'
import { checkHost, type HostCheckOptions, type HostReport } from '@nootropic/runtime'
import type { IsolationLevel, Sandbox } from '@nootropic/runtime/sandbox'
import { executionSettings } from '../execution-settings.ts'
import { manifestOf } from '../manifest-of.ts'
import { sandboxSettings } from '../sandbox-settings.ts'

/** What a check of the host needs of an installation. */
export interface HostCheckParts {
  readonly settings: ManifestSet
  readonly places: HostCheckOptions['places']
  readonly sandbox: Pick<Sandbox, 'probe'>
  readonly required: IsolationLevel
  readonly clock?: Clock
}

/** Checks the host as far as the SystemSecurity manifest says; all of it where there is none. */
export const checkThisHost = ({ settings, places, sandbox, required, clock }: HostCheckParts): Promise<HostReport> => {
  const { waive = [] } = sandboxSettings(settings, executionSettings(settings).policy)
  const system = manifestOf(settings, 'SystemSecurity')?.spec
  return checkHost({
    probe: () => sandbox.probe(),
    required,
    waive,
    places,
    ...(clock === undefined ? {} : { clock }),
    ...(system === undefined
      ? {}
      : { scope: system.security.map(({ type }) => type), monitoring: system.monitoring.map(({ type }) => type) }),
  })
}
