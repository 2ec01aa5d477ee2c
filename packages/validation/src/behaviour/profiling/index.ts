export { compareProfiles, type ProfileComparison } from './compare-profiles.ts'
export { type ModelProfile, type ProfileOptions, profileModel } from './profile-model.ts'
