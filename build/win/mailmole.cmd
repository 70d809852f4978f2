@echo off
rem The command mailmole of the Windows package; see build/linux/mailmole.sh for what is done and why.
setlocal
set "program=%~dp0..\..\Mailmole.exe"
set "scripts=%~dp0..\app.asar\out"
set "script=cli\cli.cjs"
if "%~1"=="" goto application
if "%~1"=="--hidden" goto application
if /i "%~x1"==".mailmole" goto application
if "%~1"=="--headless" set "script=main\headless.js"
rem To cmd.exe an equals sign parts words, so that --profile=FOLDER comes here as two as well.
if "%~1"=="--profile" if "%~3"=="" goto application
if "%~1"=="--profile" if "%~3"=="--headless" set "script=main\headless.js"
set ELECTRON_RUN_AS_NODE=1
"%program%" "%scripts%\%script%" %*
exit /b %errorlevel%

:application
start "" "%program%" %*
