/* Stands in for the bcryptprimitives.dll that Wine 8 lacks: Rust's standard library takes the
   seeds of its hash maps, and the names of temporary files, from it. For tests only. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T length)
{
    return RtlGenRandom(bytes, (ULONG)length);
}
