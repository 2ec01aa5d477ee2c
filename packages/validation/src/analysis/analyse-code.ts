import type { Finding } from '@nootropic/core'
import { checkPackageDependencies, namesDependencies } from '../dependencies/check-package.ts'
import { incompleteOutcome, type StageOutcome } from '../outcome.ts'
import { isBackdoorSign } from '../scan/backdoor-signs.ts'
import { outcomeOfScan, type PackageScan, scanPackage } from '../scan/scan-package.ts'
import { securityChecks, switchedOff, type Validation } from './validation.ts'

/** The packages that the model's files ask for. */
export const analyseDependencies = async ({
  model,
  policy,
  reactions,
  dependencies,
  stages,
}: Validation): Promise<void> => {
  const name = `${securityChecks}.codeAnalysis.dependencyCheck`
  if (!policy.validation.securityChecks.codeAnalysis.dependencyCheck) stages.skip(name, switchedOff)
  else if (!namesDependencies(model)) stages.skip(name, 'no file of the package names a dependency')
  else await stages.run('dependency-check', () => checkPackageDependencies(model, dependencies, reactions))
}

/** Who signed the model, and whether it is what was signed. */
export const judgeSignature = async (validation: Validation): Promise<StageOutcome | undefined> => {
  const { verification, policy, isPolicyGiven, stages } = validation
  const name = `${securityChecks}.codeAnalysis.codeSigningVerification`
  const isOn = policy.validation.securityChecks.codeAnalysis.codeSigningVerification
  const isAsked = isPolicyGiven || verification !== undefined
  if (!isOn || !isAsked) {
    stages.skip(name, isOn ? 'no policy was given that asks who signed the model' : switchedOff)
    return undefined
  }
  return stages.run('code-signing', () => {
    if (verification === undefined)
      return incompleteOutcome(
        'the policy asks who signed the model, and no verification was given; pass what verifyModel says as `verification`, or switch codeSigningVerification off',
      )
    const { verdict, findings, resources } = verification
    const [first] = findings
    return {
      verdict,
      measurements: { signedFiles: resources.length },
      findings,
      ...(verdict === 'incomplete' && first !== undefined ? { note: first.message } : {}),
    }
  })
}

/** Code analysis: what the files are, before anything is loaded. */
export const analyseCode = async ({ model, policy, reactions, stages }: Validation) => {
  const switches = policy.validation.securityChecks.codeAnalysis
  const skip = (name: keyof typeof switches, reason: string): void =>
    stages.skip(`${securityChecks}.codeAnalysis.${name}`, reason)

  let scanned: Promise<PackageScan> | undefined
  const look = (name: string, isPart: (finding: Finding) => boolean) =>
    stages.run(name, async () => {
      scanned ??= scanPackage(model)
      const scan = await scanned
      return outcomeOfScan(scan, scan.findings.filter(isPart), reactions)
    })
  if (!switches.vulnerabilityScan) skip('vulnerabilityScan', switchedOff)
  if (!switches.backdoorDetection) skip('backdoorDetection', switchedOff)
  return {
    scan: switches.vulnerabilityScan
      ? await look('vulnerability-scan', (finding) => !isBackdoorSign(finding))
      : undefined,
    backdoors: switches.backdoorDetection ? await look('backdoor-detection', isBackdoorSign) : undefined,
  }
}
