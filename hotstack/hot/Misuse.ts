/** An intrinsic function got what it cannot work on; the message follows the function's name. */
export class Misuse extends Error {}
