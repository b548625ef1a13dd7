import { isObj } from '../read.ts';
import { structure } from '../structure.ts';
import { asRecord, filled } from './row.ts';
import type { Wrapping } from './wrapping.ts';

/** Rows of Microsoft Sentinel's table AWSCloudTrail (columns: Azure Monitor's reference of that table). */
export const sentinel: Wrapping = (value) => {
  if (!isObj(value)) return undefined;
  const { EventName: eventName, EventSource: eventSource } = value;
  const known = 'UserIdentityType' in value || 'AwsEventId' in value || value.Type === 'AWSCloudTrail';
  if (!known || typeof eventName !== 'string' || typeof eventSource !== 'string') return undefined;
  return {
    record: filled({
      ...asRecord(value),
      eventTime: value.TimeGenerated ?? value['TimeGenerated [UTC]'],
      eventID: value.AwsEventId,
      requestID: value.AwsRequestId_ ?? value.AwsRequestId,
      eventType: value.EventTypeName,
      requestParameters: structure(value.RequestParameters),
      responseElements: structure(value.ResponseElements),
      userIdentity: filled({
        type: value.UserIdentityType,
        principalId: value.UserIdentityPrincipalid ?? value.UserIdentityPrincipalId,
        arn: value.UserIdentityArn,
        accountId: value.UserIdentityAccountId,
        accessKeyId: value.UserIdentityAccessKeyId,
        userName: value.UserIdentityUserName,
        invokedBy: value.UserIdentityInvokedBy,
        sessionContext: filled({
          attributes: filled({
            mfaAuthenticated: value.SessionMfaAuthenticated,
            creationDate: value.SessionCreationDate,
          }),
          ec2RoleDelivery: value.EC2RoleDelivery,
          sessionIssuer: filled({
            type: value.SessionIssuerType,
            principalId: value.SessionIssuerPrincipalId,
            arn: value.SessionIssuerArn,
            accountId: value.SessionIssuerAccountId,
            userName: value.SessionIssuerUserName,
          }),
        }),
      }),
    }),
  };
};
