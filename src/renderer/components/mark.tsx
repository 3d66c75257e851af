/** The mark of the app: a gate whose doorway is a keyhole. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="currentColor"
      aria-hidden="true"
      focusable="false"
    >
      <path
        fillRule="evenodd"
        d="M2 22V11.5a10 10 0 0 1 20 0V22h-6.1l-1.55-7.3a4.1 4.1 0 1 0-4.7 0L8.1 22H2Z"
      />
    </svg>
  );
}
