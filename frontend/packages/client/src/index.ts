export * from './api/index.ts'
export { createStore, type WritableStore } from './store.ts'
