; The app registers its URL scheme for the person who runs it; uninstalling takes that back. An update runs this too and must not.
!macro customUnInstall
  ${ifNot} ${isUpdated}
    DeleteRegKey HKCU "Software\Classes\app.gatehouse.desktop"
  ${endIf}
!macroend
