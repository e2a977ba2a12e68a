/** `lictor doctor`: what this machine can enforce, by trying, and how the rules of a bundle would be enforced. */
export { doctor, type DoctorReport, type Probe } from './report.ts';
export { doctorBundle, type RuleMechanism, type Timing } from './bundle.ts';
export { kindCoverage, type KindCoverage } from './coverage.ts';
export { KIND_MECHANISMS, type KindMechanism } from './mechanisms.ts';
