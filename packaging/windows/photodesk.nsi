; The Windows installer: for the current user, without administrator rights.
Unicode true
!include MUI2.nsh
Name "Photodesk 验像台"
OutFile "${OUT}\photodesk-${VERSION}-setup.exe"
InstallDir "$LOCALAPPDATA\Programs\Photodesk"
RequestExecutionLevel user
SetCompressor /SOLID lzma

!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_LANGUAGE "English"

!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Photodesk"

Section
  SetOutPath "$INSTDIR"
  File "${PROGRAM}"
  File "${TOP}\LICENSE"
  File "${TOP}\LICENSE-APACHE"
  File "${TOP}\LICENSE-MIT"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Photodesk 验像台.lnk" "$INSTDIR\photodesk.exe"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "Photodesk 验像台"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
SectionEnd

; The desk's data is the user's: uninstalling leaves it where it is.
Section "Uninstall"
  Delete "$SMPROGRAMS\Photodesk 验像台.lnk"
  Delete "$INSTDIR\photodesk.exe"
  Delete "$INSTDIR\LICENSE"
  Delete "$INSTDIR\LICENSE-APACHE"
  Delete "$INSTDIR\LICENSE-MIT"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
SectionEnd
