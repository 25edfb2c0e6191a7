/** Preloaded into a server, it puts its clock, and only its clock, ahead by CLOCK_SHIFT_SECONDS. */
const shift = Number(process.env.CLOCK_SHIFT_SECONDS) * 1000
const RealDate = Date
const now = () => RealDate.now() + shift

globalThis.Date = new Proxy(RealDate, {
  apply: () => new RealDate(now()).toString(),
  construct: (target, values, newTarget) =>
    Reflect.construct(target, values.length === 0 ? [now()] : values, newTarget),
  get: (target, property, receiver) => (property === "now" ? now : Reflect.get(target, property, receiver)),
})
