/* A PKCS#11 module that misbehaves as the variable IMITATION says. It counts logins in the file that
   IMITATION_LOGINS names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pkcs11go.h"

static int is(const char *how) {
	const char *asked = getenv("IMITATION");
	return asked && !strcmp(asked, how);
}

static CK_RV initialize(CK_VOID_PTR p) {
	(void)p;
	if (is("aborts")) abort();
	if (is("exits")) _exit(0);
	if (is("hangs")) for (;;) pause();
	if (is("prints")) { printf("the driver says hello\n"); fflush(stdout); }
	return CKR_OK;
}

static CK_RV finalize(CK_VOID_PTR p) {
	(void)p;
	if (is("hangs at the end")) for (;;) pause();
	return CKR_OK;
}

static CK_RV slots(CK_BBOOL present, CK_SLOT_ID_PTR list, CK_ULONG_PTR n) {
	(void)present;
	if (list) list[0] = 7;
	*n = 1;
	return CKR_OK;
}

static CK_RV token(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info) {
	(void)slot;
	memset(info, ' ', sizeof *info);
	memcpy(info->label, is("other token") ? "other" : "token", 5);
	memcpy(info->serialNumber, "42", 2);
	info->flags = CKF_TOKEN_INITIALIZED;
	if (is("locked")) info->flags |= CKF_USER_PIN_LOCKED;
	if (is("last try")) info->flags |= CKF_USER_PIN_FINAL_TRY;
	return CKR_OK;
}

static CK_RV mechanisms(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR list, CK_ULONG_PTR n) {
	(void)slot;
	if (list) list[0] = is("no mechanism") ? CKM_AES_CBC : CKM_ECDSA;
	*n = 1;
	return CKR_OK;
}

static CK_RV open_session(CK_SLOT_ID s, CK_FLAGS f, CK_VOID_PTR a, CK_NOTIFY n, CK_SESSION_HANDLE_PTR h) {
	(void)s; (void)f; (void)a; (void)n;
	*h = 1;
	return CKR_OK;
}

static CK_RV close_session(CK_SESSION_HANDLE h) { (void)h; return CKR_OK; }

static CK_RV login(CK_SESSION_HANDLE h, CK_USER_TYPE who, CK_UTF8CHAR_PTR pin, CK_ULONG n) {
	FILE *count = fopen(getenv("IMITATION_LOGINS"), "a");
	(void)h; (void)who; (void)pin; (void)n;
	if (count) { fputc('.', count); fclose(count); }
	if (is("wrong PIN")) return CKR_PIN_INCORRECT;
	if (is("locks")) return CKR_PIN_LOCKED;
	if (is("PIN expired")) return CKR_PIN_EXPIRED;
	if (is("refuses")) return CKR_FUNCTION_REJECTED;
	if (is("fails")) return CKR_DEVICE_ERROR;
	return CKR_OK;
}

static CK_RV find_init(CK_SESSION_HANDLE h, CK_ATTRIBUTE_PTR a, CK_ULONG n) {
	(void)h; (void)a; (void)n;
	return CKR_OK;
}

static int found;

static CK_RV find(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE_PTR o, CK_ULONG most, CK_ULONG_PTR n) {
	(void)h; (void)most;
	*n = is("no key") || found++ % 2 ? 0 : 1;
	if (*n) o[0] = 3;
	return CKR_OK;
}

static CK_RV find_final(CK_SESSION_HANDLE h) { (void)h; return CKR_OK; }

static CK_RV attributes(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_PTR a, CK_ULONG n) {
	(void)h; (void)o; (void)a; (void)n;
	return CKR_ATTRIBUTE_TYPE_INVALID;
}

static CK_RV sign_init(CK_SESSION_HANDLE h, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE o) {
	(void)h; (void)m; (void)o;
	if (is("removed")) return CKR_OBJECT_HANDLE_INVALID;
	if (is("device removed")) return CKR_DEVICE_REMOVED;
	return CKR_OK;
}

static CK_RV sign(CK_SESSION_HANDLE h, CK_BYTE_PTR d, CK_ULONG nd, CK_BYTE_PTR s, CK_ULONG_PTR n) {
	(void)h; (void)d; (void)nd;
	if (is("hangs at signing")) for (;;) pause();
	if (is("crashes at signing")) *(volatile int *)0 = 1;
	if (s) memset(s, 1, 64);
	*n = 64;
	return CKR_OK;
}

static CK_FUNCTION_LIST functions = {
	.version = {2, 40},
	.C_Initialize = initialize,
	.C_Finalize = finalize,
	.C_GetSlotList = slots,
	.C_GetTokenInfo = token,
	.C_GetMechanismList = mechanisms,
	.C_OpenSession = open_session,
	.C_CloseSession = close_session,
	.C_CloseAllSessions = close_session,
	.C_Login = login,
	.C_FindObjectsInit = find_init,
	.C_FindObjects = find,
	.C_FindObjectsFinal = find_final,
	.C_GetAttributeValue = attributes,
	.C_SignInit = sign_init,
	.C_Sign = sign,
};

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list) {
	*list = &functions;
	return CKR_OK;
}
