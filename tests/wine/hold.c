/* hold.exe FILE [none]: holds a file open as Word does, whose readers may read and nobody may
   write, or as a program does that shares nothing; until its input ends. */
#include <stdio.h>
#include <wchar.h>
#include <windows.h>

int wmain(int count, wchar_t **arguments)
{
    DWORD share = count > 2 && !wcscmp(arguments[2], L"none") ? 0 : FILE_SHARE_READ;
    HANDLE file = CreateFileW(arguments[1], GENERIC_READ | GENERIC_WRITE, share, NULL,
                              OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return (int)GetLastError();
    puts("held");
    fflush(stdout);
    getchar();
    return 0;
}
