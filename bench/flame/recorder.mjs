import { renameSync, writeFileSync } from "node:fs"
import { Session } from "node:inspector"

/**
 * Loaded into a server before anything of its own: the signal SIGUSR2 starts a recording of what its processor
 * does, the next one ends it and writes it where CPU_PROFILE_FILE says.
 */
const EVERY_MICROSECONDS = 250

const session = new Session()
let isRecording = false

if (process.env.CPU_PROFILE_FILE) process.on("SIGUSR2", () => (isRecording ? end() : begin()))

function begin() {
  isRecording = true
  session.connect()
  session.post("Profiler.enable")
  session.post("Profiler.setSamplingInterval", { interval: EVERY_MICROSECONDS })
  session.post("Profiler.start")
}

function end() {
  isRecording = false
  session.post("Profiler.stop", (error, result) => {
    if (error) throw error
    // In one step: who waits for the file wants all of it.
    writeFileSync(`${process.env.CPU_PROFILE_FILE}.part`, JSON.stringify(result.profile))
    renameSync(`${process.env.CPU_PROFILE_FILE}.part`, process.env.CPU_PROFILE_FILE)
    session.disconnect()
  })
}
