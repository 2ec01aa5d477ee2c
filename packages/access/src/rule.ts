export { maximumRoles } from './authorisation/rule.ts'
