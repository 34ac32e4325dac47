declare module '*.css' {
  const path: string
  export default path
}
declare module 'htmx.org/dist/*' {
  const path: string
  export default path
}
declare module 'swagger-ui-dist/*' {
  const path: string
  export default path
}
declare module '#views/assets/*' {
  const path: string
  export default path
}
