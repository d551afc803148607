export * from './generated.ts'
export { checkServerMessage, parseServerMessage, type Parsed } from './guard.ts'
