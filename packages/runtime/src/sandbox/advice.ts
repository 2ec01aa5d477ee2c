import type { HostTools } from './host-tools.ts'

const landlockAdvice = 'or run Linux 5.13 or later with landlock among the modules of its boot parameter lsm=; '

const adviseGvisor = ({ runsc, launcher, isRoot }: HostTools): string => {
  const missing = [
    ...(runsc === undefined ? ['gVisor (apt install runsc, or https://gvisor.dev/docs/user_guide/install)'] : []),
    ...(launcher === undefined ? ['koffi (npm i koffi)'] : []),
  ]
  if (missing.length > 0) return `install what is missing: ${missing.join(', and ')}, or do without runner: 'gvisor'; `
  const open = isRoot ? 'see that the user nobody may read Node, this package and onnxruntime where they stand, ' : ''
  return `${open}or do without runner: 'gvisor'; `
}

/** What to install, for a level that could not be proved; empty where nothing is missing. */
export const adviseInstallation = (tools: HostTools, runner?: 'gvisor'): string => {
  if (tools.platform !== 'linux') return `no isolation is built for ${tools.platform} yet; `
  if (runner === 'gvisor') return adviseGvisor(tools)
  const programs = [
    ...(tools.bwrap === undefined ? ['bubblewrap'] : []),
    ...(tools.launcher === undefined && (tools.prlimit === undefined || tools.setpriv === undefined)
      ? ['util-linux']
      : []),
  ]
  const ways = [
    ...(programs.length === 0 ? [] : [`apt install ${programs.join(' ')}`]),
    ...(tools.launcher === undefined ? ['npm i koffi'] : []),
  ]
  const install = ways.length === 0 ? '' : `install what is missing: ${ways.join(', or ')}; `
  return tools.launcher !== undefined && tools.landlock === undefined ? `${install}${landlockAdvice}` : install
}

const maximumComplaintLength = 300

// What bubblewrap writes where the host gives it no namespaces (bubblewrap issues 505 and 632).
const withoutNamespaces = /RTM_NEWADDR|uid map: |No permissions to creat|Creating new namespace failed/i

const namespacesAdvice =
  'this host gives programs no user namespaces of their own: install the AppArmor profile bwrap-userns-restrict (Ubuntu: ' +
  'apt install apparmor-profiles), or set kernel.unprivileged_userns_clone=1 (Debian) or user.max_user_namespaces (RHEL) ' +
  'by sysctl, or allow them in the seccomp profile of this container'

// What runsc writes there.
const runscWithoutNamespaces = /re-executing self: fork\/exec/i

const runscAdvice =
  'this host gives runsc no user namespace of its own: load an AppArmor profile that allows it userns, or set ' +
  'kernel.unprivileged_userns_clone=1 (Debian) or user.max_user_namespaces (RHEL) by sysctl, or allow them in the seccomp ' +
  'profile of this container'

/** What a program said that did not become a worker, and what to do where that is known. */
export const explainComplaint = (complaint: string): string => {
  const said = complaint.slice(0, maximumComplaintLength)
  if (runscWithoutNamespaces.test(said)) return `${said} (${runscAdvice})`
  return withoutNamespaces.test(said) ? `${said} (${namespacesAdvice})` : said
}
